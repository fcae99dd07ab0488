"""MercadoLibre: the adapter, its mapping and its consent."""
