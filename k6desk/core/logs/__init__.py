"""The log of a run: following it, and keeping what was seen."""
