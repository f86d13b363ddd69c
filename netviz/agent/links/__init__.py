"""The links of all namespaces: a table of what was read, and the code that keeps it up to date."""
