"""The privileged process: reads the kernel, sends frames to the session process, has no network."""
