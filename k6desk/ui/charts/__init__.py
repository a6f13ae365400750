"""Curves over time on one shared axis. It knows nothing of runs; numpy is imported here and nowhere else."""
