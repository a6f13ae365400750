"""Kept scripts: fetching, opening, searching and comparing them and other texts."""
