"""The operations of the demo cloud, one module per group of the official description."""
