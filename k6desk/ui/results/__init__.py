"""What a run measured: charts, requests, thresholds, checks and the summary, as pages of one pane."""
