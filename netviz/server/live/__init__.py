"""The live part of the server: receives changes from agents, keeps each host's topology in memory (its feed), and sends
changes to browsers and to other server processes.
"""
