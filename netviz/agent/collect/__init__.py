"""Readers: each module reads one kind of data (such as routes) of one namespace from the kernel, and returns entities
of the model.
"""
