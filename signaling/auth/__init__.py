"""Who asks: the session cookie, the Origin of a request, failed attempts."""
