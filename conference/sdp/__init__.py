"""Session descriptions, pure: a bounded reader of what browsers write, and the two descriptions the server writes."""
