"""What happens before the first package is installed. Standard library only, and light: every start passes through it."""
