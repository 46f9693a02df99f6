"""The first minute with the app: camera, avatar, virtual camera, each checked while one looks on."""
