"""System interfaces other than netlink: system calls, confinement, a thread that enters network namespaces."""
