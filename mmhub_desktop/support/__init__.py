"""Answers to “how is it?”: health, metrics for other programs, reading the log, a bundle to send to somebody."""
