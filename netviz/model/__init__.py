"""The model of a host's network: dataclasses and pure functions on them. It uses no I/O, clock, netlink or Django."""
