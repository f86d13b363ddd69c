"""Hosts: the machines of a team, and the keys by which their agents authenticate."""
