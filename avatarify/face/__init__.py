"""Where the face is in a picture, and the square around it that the model wants to see."""
