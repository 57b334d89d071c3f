"""Wire formats of RTP and RTCP, pure: bytes in, values out, and back."""
