"""The live part of the server: agents' connections, ingest, feeds, and the relay between server processes."""
