"""What the job tree reads; its own door, so that tests of the tree can count what is asked."""

from array import array
from typing import Protocol

from mmhub_desktop.domain.ids import BatchId, JobId
from mmhub_desktop.domain.job import BatchJob, MarketplaceJob, MarketplaceTask
from mmhub_desktop.domain.job_filter import JobFilter


class JobReader(Protocol):
    """What the tree asks of the store (``store.jobs.JobStore``)."""

    async def batch_ids(self, only: JobFilter = ...) -> "array[int]":
        """Ids of the batches, newest first; of those with such jobs."""

    async def batches(self, ids: list[BatchId]) -> list[BatchJob]:
        """Batches by id."""

    async def job_ids(self, batch_id: BatchId, only: JobFilter = ...) -> "array[int]":
        """Ids of a batch's jobs in order; of those that are let through."""

    async def jobs(self, ids: list[JobId]) -> list[MarketplaceJob]:
        """Jobs by id."""

    async def tasks(self, job_id: JobId) -> list[MarketplaceTask]:
        """A job's tasks in order."""
