"""The fan-out in Python: the reference for any other."""
