"""The front door: `python3 run.py VERB` makes .venv on first use, then hands over to avatarify.cli."""

# This file alone has to be readable by every Python there is, so that an old one can say that it is too old.
import sys

if sys.version_info < (3, 10):
    sys.exit(
        "Python %d.%d is too old: install 3.10 or newer (https://www.python.org/downloads) and run this with it."
        % sys.version_info[:2]
    )

from bootstrap.front import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
