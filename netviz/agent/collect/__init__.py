"""Readers: each module reads one subject of one namespace from the kernel, as entities of the model."""
