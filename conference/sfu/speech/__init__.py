"""The loudest microphones and the dominant speaker, from audio levels. Pure."""
