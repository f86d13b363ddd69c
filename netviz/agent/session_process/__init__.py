"""The session process, the unprivileged one of the agent's two processes: it has one websocket to the server, and no
capabilities.
"""
