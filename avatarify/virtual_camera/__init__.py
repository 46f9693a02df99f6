"""What the call sees: the virtual camera, the frame around the avatar, the stand-by picture, the recorder."""
