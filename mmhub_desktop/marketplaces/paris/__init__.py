"""Paris (Paris.cl): the adapter to Cencosud's marketplace API."""
