"""Networks whose features tell how alike two pictures look, for training and for measuring."""
