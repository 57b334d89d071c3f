"""What survives a restart: rooms, seats, invitations, chat, accounts."""
