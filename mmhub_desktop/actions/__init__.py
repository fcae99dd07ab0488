"""The work itself: one file for each action, declared as tasks for the engine."""
