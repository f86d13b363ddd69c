"""Installs netviz, starts it, supervises it and stops it.

This package uses only the standard library, because it runs before anything is installed. Outside of tests, it is the
only package that starts processes.
"""
