"""The unprivileged process: one outbound websocket to the server, no rights on the host."""
