"""Adding an avatar: a picture from anywhere, cut to a square, judged, tried, and never without the question whose face it is."""
