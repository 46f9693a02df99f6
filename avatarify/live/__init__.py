"""A live call: camera, face watcher, session, pipeline and virtual camera, wired in this one place."""
