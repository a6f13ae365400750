"""The thresholds of a run: their language, their values and whether they hold."""
