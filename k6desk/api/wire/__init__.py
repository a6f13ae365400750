"""Server JSON in, records out, and records in, request bodies out: the one place that knows the API's JSON.

A page of runs is decoded straight into the narrow `Run` when every row is as documented. A page with an odd row is read
row by row instead, and all other answers always are read leniently: what is missing or of a wrong type is None, a row
without its ids, status or start is left out and counted. Where None has a meaning of its own, as in limits and
schedules, a wrong type makes the row unreadable instead. An answer that is not JSON of the promised kind is
`BadAnswer`, never another exception.

    runs        runs as rows and in full, and where their load comes from
    catalogue   projects, load tests, load zones, limits, access
    metrics     the metrics of runs, their series and samples
    plans       schedules, estimates, labels
    errors      what an error answer says
    lists       pages of any of them
    requests    what k6desk sends
"""
