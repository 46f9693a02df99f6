"""Linux's video devices below OpenCV and pyvirtualcam: what they are, what they offer, who has them open."""
