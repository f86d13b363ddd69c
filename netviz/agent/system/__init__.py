"""What the agent asks of the system beside netlink: system calls, its confinement, a thread that changes namespaces."""
