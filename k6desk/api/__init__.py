"""Grafana Cloud k6, typed and async. No Qt, no database: bytes in, records out."""
