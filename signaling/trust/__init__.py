"""Certificates: the site's own authority, the server's certificate, its renewal."""
