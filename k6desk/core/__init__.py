"""What happens when: the store, the monitor that feeds it, the commands that act. QtCore and asyncio."""
