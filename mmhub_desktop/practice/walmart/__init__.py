"""A practice Walmart Marketplace (US), written from the public documents and shared facts about it."""
