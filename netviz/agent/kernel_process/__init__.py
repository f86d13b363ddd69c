"""The privileged process: reads the kernel, sends frames to the session process, and has no network."""
