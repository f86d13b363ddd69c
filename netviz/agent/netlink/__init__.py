"""Netlink sockets: requests, events, generic netlink, the process connector. No other package opens one."""
