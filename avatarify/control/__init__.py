"""A running app is told what to do through a local socket. No Qt here: the sender starts at once."""
