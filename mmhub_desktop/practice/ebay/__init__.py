"""The practice eBay, written from the Sell APIs' contracts and documentation."""
