"""Network namespaces: finds them, enters them, and finds the processes and containers that use them."""
