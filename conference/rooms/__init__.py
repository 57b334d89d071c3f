"""Rooms, pure: commands and the time in, events out. No clock, task or socket."""
