"""What the animate thread runs."""

from __future__ import annotations

from avatarify.animator import Animator
from avatarify.avatars import Avatars
from avatarify.frame import Frame
from avatarify.session import Session


class LiveEngine:
    """The session, and between frames one portrait at a time is encoded."""

    def __init__(self, session: Session, animator: Animator, avatars: Avatars) -> None:
        self.session = session
        self.animator = animator
        self.avatars = avatars
        self._encode_more = True

    def step(self, frame: Frame) -> Frame:
        """See Session.step."""
        if self._encode_more:
            self._encode_more = self.avatars.encode_next(self.animator)
        return self.session.step(frame)

    def look_again(self) -> None:
        """There may be avatars that are not encoded yet."""
        self._encode_more = True

    def close(self) -> None:
        """Let go of the runtime."""
        self.session.close()
