"""Who asks: the sign-in cookie, the Origin of a request, failed attempts."""
