"""The window "Compare runs": several runs side by side, and the trend of a test."""
