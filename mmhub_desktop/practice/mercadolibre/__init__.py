"""The practice MercadoLibre."""
