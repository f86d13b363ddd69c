"""Links of all namespaces: the table of what was read, and how it is kept right."""
