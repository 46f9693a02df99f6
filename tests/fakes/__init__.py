"""Hand-written stand-ins for what a test cannot have."""
