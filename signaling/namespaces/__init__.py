"""Socket.IO events: decode, authorise, call the service, acknowledge."""
