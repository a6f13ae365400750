"""k6desk: a native desktop run monitor for Grafana Cloud k6."""

__version__ = "0.1.0"
