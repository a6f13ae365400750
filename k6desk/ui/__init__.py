"""The window: it reads the store and asks the commands; it knows no HTTP and no SQL."""
