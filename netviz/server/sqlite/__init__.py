"""Django's backend for SQLite, with one difference: what is stored can be read while the disk is full or read-only."""
