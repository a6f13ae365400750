"""The figures of a whole run, as k6 prints them at the end, in several forms."""
