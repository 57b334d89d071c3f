"""HTTP, Socket.IO and certificates: translates between clients and the service, and decides nothing itself."""
