"""The wire: typed frames, their bounded strict decoding, the browser's schema. Standard library only."""
