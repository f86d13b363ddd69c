"""The agent: reads a host's network and sends it to the server."""
