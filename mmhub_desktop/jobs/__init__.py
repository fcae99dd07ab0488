"""Runs work durably: plan, claim, attempt, retry, settle. Knows no particular action."""
