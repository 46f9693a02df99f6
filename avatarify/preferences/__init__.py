"""What the user has chosen for good: one schema for the dialog, the file and the command line. Without Qt."""
