"""The First Order Motion Model's networks and mathematics (arXiv 2003.00196). Only torch lives here."""
