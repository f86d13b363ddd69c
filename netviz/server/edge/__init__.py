"""The edge of the server: what every connection and every request passes before the rest of the server sees it."""
