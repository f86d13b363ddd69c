"""Translates nftables rules, which are programs on registers, into the syntax of nft(8)."""
