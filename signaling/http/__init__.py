"""Pages, files, plain HTTP requests, and deadlines of every connection."""
