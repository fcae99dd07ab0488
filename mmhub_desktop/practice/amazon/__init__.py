"""The practice Amazon, written from the facts and models of the Selling Partner API."""
