"""The model: frozen dataclasses and pure functions on them. No I/O, no clock, no netlink, no Django."""
