"""Translates nftables rules into the syntax of nft(8).

In the kernel a rule is a program: its expressions load and compare registers.
"""
