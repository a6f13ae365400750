"""The table of runs: one ordered array of ids, of which only the visible rows are read."""
