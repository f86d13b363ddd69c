"""The meaning of the kernel's bytes: netlink attributes, numbers and names, nftables programs. No I/O, no clock."""
