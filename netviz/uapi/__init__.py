"""What the kernel's bytes mean: netlink attributes, numbers and names, nftables programs. Pure: no I/O, no clock."""
