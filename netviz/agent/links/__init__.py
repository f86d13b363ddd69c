"""The links of all namespaces: a table of the links that were read, and the code that keeps the table up to date."""
