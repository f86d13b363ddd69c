"""Network namespaces: how they are found and entered, and who uses each of them."""
