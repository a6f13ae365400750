"""What k6desk remembers: SQLite files and in-memory indexes over them. No Qt, no network."""
