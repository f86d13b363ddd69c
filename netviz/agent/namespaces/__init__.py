"""Network namespaces: finding them, reaching them, and who holds each."""
