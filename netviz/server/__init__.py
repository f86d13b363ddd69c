"""The server: Django, Channels and REST."""
