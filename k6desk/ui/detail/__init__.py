"""One run: why it ended, what it cost, where its load came from, what it ran."""
