"""An account whose token has no stack: the old APIs, read as if they were API v6."""
