"""The live topology: which events arrive, what they make the agent read again, and when."""
