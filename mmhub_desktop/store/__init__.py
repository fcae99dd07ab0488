"""Keeps everything: one SQLite file per workspace. The only place with SQL."""
