"""The unprivileged process: one outbound websocket to the server, no capabilities on the host."""
