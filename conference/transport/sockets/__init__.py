"""The media port: its UDP and TCP sockets, and which transport a datagram belongs to."""
