"""The kernel process, the privileged one of the agent's two processes: reads the kernel and sends frames to the session
process.

It makes no network connections.
"""
