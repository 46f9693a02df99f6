"""Model files: what exists, what is installed here, how it is fetched and checked."""
