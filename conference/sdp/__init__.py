"""Session descriptions (SDP), pure: a bounded parser, and the server's offer and answer."""
