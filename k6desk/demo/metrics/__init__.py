"""The metrics of the demo cloud's runs: a recorded real run, a simulator, and the queries of API v5 over both."""
