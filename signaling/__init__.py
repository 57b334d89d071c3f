"""The edge of Pavilion: HTTP, Socket.IO and certificates. It translates and decides nothing."""
