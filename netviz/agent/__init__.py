"""The agent, which runs as root on a host: reads the host's network and sends it to the server."""
