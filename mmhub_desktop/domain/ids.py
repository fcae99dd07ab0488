"""Ids of stored things, as distinct types."""

from typing import NewType

ProductId = NewType("ProductId", int)
ListingId = NewType("ListingId", int)
AccountId = NewType("AccountId", int)
ImportId = NewType("ImportId", int)
BatchId = NewType("BatchId", int)
JobId = NewType("JobId", int)
TaskId = NewType("TaskId", int)
SubscriptionId = NewType("SubscriptionId", int)
ScheduleId = NewType("ScheduleId", int)
WorkflowId = NewType("WorkflowId", int)
WorkflowRunId = NewType("WorkflowRunId", int)
PreviewId = NewType("PreviewId", int)
EntryId = NewType("EntryId", int)
