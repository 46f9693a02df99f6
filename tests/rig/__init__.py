"""Devices for tests: cameras and virtual cameras that real drivers' clients accept, and a network camera with faults.

/dev/videoN comes from a FUSE file system in user space (root and /dev/fuse), so OpenCV, ffmpeg and pyvirtualcam run on it
unchanged. Tests that need it carry the marker `rig` and take the fixture `v4l2`, or open `FakeDevices` themselves.
Not seen by v4l2-ctl and QMediaDevices: they want character devices. By hand:
`python -m tests.rig.fake_v4l2 FOLDER video0=camera:640x480@30:YUYV,MJPG`, then commands on standard input.
"""
