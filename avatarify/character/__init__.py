"""Drawn people: a parametric face, its expressions, a cast of our own and the scripts they perform."""
