"""The packet plane. Pure: it takes packets and the time, and returns what to send."""
