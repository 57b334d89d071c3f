"""The one door into the domain: applies room effects in one order: persist, media, broadcast."""
