"""The product editor: one product with its texts, fields, attributes, variants, images and history."""
