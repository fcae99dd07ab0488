"""A practice marketplace that behaves like Paris (Paris.cl), as far as integrators tell."""
