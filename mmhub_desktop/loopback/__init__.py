"""The room for other local programs (automation API, browser extension); nothing listens in this version."""
