"""Reading one subject of one namespace: what the kernel says, as entities of the model. One subject a module."""
