"""Hosts: which machines a team has, and the keys their agents prove themselves by."""
