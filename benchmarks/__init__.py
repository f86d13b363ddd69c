"""Benchmarks: figures as ratios to a floor, each measured in one run."""
