"""The entrance to the domain: applies a room's effects in order: persist, media, broadcast."""
