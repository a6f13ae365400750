"""A simulated Grafana Cloud k6: a real HTTP server on loopback over a seeded world of tests and runs.

It shares nothing with the rest of k6desk but the wire format, so it can stand in for the cloud in anyone's tests.
"""
