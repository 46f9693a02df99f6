"""The same networks written so that they run fast: fewer operations, static shapes, nothing recomputed. Exact up to rounding."""
