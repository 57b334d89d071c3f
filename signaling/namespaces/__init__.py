"""The Socket.IO edge: decode, authorise, call, acknowledge. Decides nothing."""
