"""Plays the marketplaces on this machine over HTTP on 127.0.0.1; shares no code with the adapters."""
