"""The window "Scripts": looking into scripts and archives, searching all that are kept, comparing two."""
