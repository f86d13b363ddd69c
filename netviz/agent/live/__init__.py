"""The live topology: which events arrive, what the agent reads again because of them, and when."""
