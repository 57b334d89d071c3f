"""What viewers get: slots, their assignment, switching and adaptation to the link. Pure."""
