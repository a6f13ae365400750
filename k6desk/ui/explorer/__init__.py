"""The tree on the left: smart lists, then projects, their tests and each test's latest runs."""
