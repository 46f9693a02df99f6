"""Pixels in and out: pictures, video files, cameras. RGB inside, whatever the outside speaks. No torch, no Qt."""
