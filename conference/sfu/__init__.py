"""The packet plane, pure: takes packets and the time, returns what to send. No clock, socket or task."""
