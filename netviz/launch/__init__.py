"""Installs netviz, starts it, supervises it and stops it.

Standard library only, because it runs before anything is installed. The only package outside tests that starts
processes.
"""
