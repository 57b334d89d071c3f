"""Pages, files, the few plain requests, and the guards of every connection."""
