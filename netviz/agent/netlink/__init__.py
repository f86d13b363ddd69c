"""Netlink sockets: requests, events, generic netlink, the process connector.

Code outside this package opens no netlink socket.
"""
