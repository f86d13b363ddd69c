"""Translates bytes from the kernel: netlink attributes, numbers and their names, nftables programs.

It uses no I/O and no clock.
"""
