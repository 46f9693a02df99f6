"""The desktop app: the only room that knows Qt."""
