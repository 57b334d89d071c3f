"""The media plane's I/O: one UDP port, ICE-lite, DTLS, SRTP, and the loop that drives the packet plane."""
