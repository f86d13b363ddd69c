"""The wire protocol: typed frames, a strict decoder with limits, the browser's schema. Standard library only."""
