"""Works on the seller's own goods: import, columns, images, enhance."""
