"""The domain of Pavilion: rooms, the packet plane, storage. Knows nothing of HTTP, cookies or Socket.IO."""
