"""The agent: reads a host's network and tells the server."""
