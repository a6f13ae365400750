"""Several runs side by side, and one figure over many runs."""
