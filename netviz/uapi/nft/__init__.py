"""What a rule of nftables says: its expressions, a program on registers, as the words of nft(8)."""
