"""Curves over time on one shared axis. It knows nothing of runs; pyqtgraph is imported here and nowhere else."""
