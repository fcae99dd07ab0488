"""Amazon (Selling Partner API): the adapter, its mapping from run-time schemas, and its orders."""
