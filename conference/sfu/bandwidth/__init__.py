"""How much a viewer's link carries, and what to send with it: pure decisions."""
