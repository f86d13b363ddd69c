"""History: what agents tell, stored as keyframes and segments, kept current in memory, passed on to watchers."""
