"""The fan-out engine in Python, the reference implementation."""
