"""The stored history of hosts: keyframes (a host's whole topology after some change) and segments (runs of changes)."""
