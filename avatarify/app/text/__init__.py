"""Every word the application shows, one folder a language, one file an area."""
