"""Copying packets to viewers: all work per copy, behind one contract."""
