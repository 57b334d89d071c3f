"""What publishers send: tracks, their layers, and the RTCP that publishers get. Pure."""
