"""Benchmarks: figures as ratios to a lower bound, both measured in the same run."""
