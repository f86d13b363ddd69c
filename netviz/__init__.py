"""netviz: a live map of what the Linux kernel of a host does with packets."""

__version__ = "0.1.0"
