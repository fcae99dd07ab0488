"""A practice Allegro, written from its specification and the facts known of it."""
