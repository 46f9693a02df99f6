"""What the app can be told to do, in one table, and the keys for it."""
