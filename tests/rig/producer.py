"""Another program that sends to a virtual camera until its input ends: `python -m tests.rig.producer DEVICE [WIDTH HEIGHT]`."""

from __future__ import annotations

import sys

import pyvirtualcam

from tests.rig import numbered_frames


def main(device: str, width: int = 640, height: int = 480) -> None:
    with pyvirtualcam.Camera(width, height, 30, device=device) as camera:
        camera.send(numbered_frames.make(1, width=width, height=height))
        sys.stdout.write("sending\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:4]))
