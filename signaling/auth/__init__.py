"""Who sends a request: sign-in cookie, Origin, proxies, and limits on attempts."""
