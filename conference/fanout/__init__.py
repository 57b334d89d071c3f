"""Everything that is done once per copy of a packet, behind one contract."""
