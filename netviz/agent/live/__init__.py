"""The live topology: receives events of the kernel, and reads again what may have changed."""
