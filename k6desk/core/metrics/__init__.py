"""What runs measure: what is asked, when, and how answers become charts, checks and requests."""
