"""A user's own face model gets a decoder in eight bits, once: ranges and verdict from portraits that are moved by their face mesh."""
