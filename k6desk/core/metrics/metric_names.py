"""What people call the metrics that k6 measures by itself. Source: k6 documentation, "Built-in metrics"."""

from __future__ import annotations

TITLES = {
    "vus": "Virtual users",
    "vus_max": "Virtual users, most",
    "iterations": "Iterations",
    "iteration_duration": "Iteration duration",
    "dropped_iterations": "Dropped iterations",
    "data_received": "Data received",
    "data_sent": "Data sent",
    "checks": "Checks",
    "group_duration": "Group duration",
    "http_reqs": "Requests",
    "http_req_duration": "Response time",
    "http_req_failed": "Failed requests",
    "http_req_blocked": "Blocked",
    "http_req_connecting": "Connecting",
    "http_req_tls_handshaking": "TLS handshake",
    "http_req_sending": "Sending",
    "http_req_waiting": "Waiting",
    "http_req_receiving": "Receiving",
    "browser_web_vital_lcp": "Largest contentful paint",
    "browser_web_vital_fcp": "First contentful paint",
    "browser_web_vital_cls": "Cumulative layout shift",
    "browser_web_vital_inp": "Interaction to next paint",
    "browser_web_vital_fid": "First input delay",
    "browser_web_vital_ttfb": "Time to first byte",
    "browser_data_received": "Data received by browsers",
    "browser_data_sent": "Data sent by browsers",
    "browser_http_req_duration": "Response time in browsers",
    "browser_http_req_failed": "Failed requests of browsers",
    "ws_sessions": "WebSocket sessions",
    "ws_connecting": "WebSocket connecting",
    "ws_session_duration": "WebSocket session duration",
    "ws_msgs_sent": "WebSocket messages sent",
    "ws_msgs_received": "WebSocket messages received",
    "ws_ping": "WebSocket ping",
    "grpc_req_duration": "gRPC response time",
    "grpc_streams": "gRPC streams",
}


def title_of(metric: str) -> str:
    """A metric's name for people; a script's own metric keeps the name it was given."""
    return TITLES.get(metric, metric)
