"""Shows it: the only place with Qt."""
