"""The Socket.IO context: decode, authorise, call, acknowledge. Decides nothing."""
