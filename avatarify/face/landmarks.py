"""The 68 classic face points: from the mesh at once, or precisely from the package `face-alignment`, never on the live thread."""

from __future__ import annotations

import hashlib
import importlib
import os
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from pickle import UnpicklingError
from types import ModuleType
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from avatarify.errors import FaceError
from avatarify.face.detector import Face
from avatarify.face.mesh import FaceMesh, mesh_to_68
from avatarify.face.watcher import FindsMeshes
from avatarify.frame import Image

Floats = npt.NDArray[np.float64]

_NAMES = ("TWO_D", "_2D")  # of the kind of points, since 1.4 and before
# The package expects boxes as its usual detector draws them, from the middle of the forehead to the chin; ours reaches from
# the brows to the chin. An estimate in sides of ours: the network bears a tenth of error.
_WIDE, _ABOVE, _BELOW = 0.47, 0.72, 0.52


class FindsLandmarks(Protocol):
    """Finds the 68 points of a face. One thread at a time may call it."""

    def find(self, image: Image, face: Face) -> Floats:
        """image: uint8 [H,W,3] RGB, in whose pixels `face` is -> [68,2] x, y in pixels. Raises FaceError."""
        ...


class MeshLandmarks:
    """From the face mesh: some 5 ms, the jaw by another definition."""

    def __init__(self, mesher: FindsMeshes | None = None) -> None:
        self._mesher = mesher or FaceMesh()

    def find(self, image: Image, face: Face) -> Floats:
        """See FindsLandmarks. A bad `face` gives bad points, not an error."""
        return mesh_to_68(self._mesher.find(image, face))


class FanLandmarks:
    """From face-alignment's FAN: about .7 s a face on one CPU core, some milliseconds on a GPU. For `evaluate --precise-landmarks`.

    file: its 2D network, fetched and verified elsewhere; the package itself would fetch it and verifies nothing.
    sha256: how its hash begins, at least eight digits. device: "cpu", "cuda". package: the module, for tests.
    Making one takes seconds. Raises FaceError when the package or the file is missing, altered or of another version.
    """

    def __init__(self, file: Path, *, sha256: str, device: str = "cpu", package: ModuleType | None = None) -> None:
        _verify(file, sha256)
        library = package if package is not None else _import()
        kinds = library.LandmarksType
        kind = next((getattr(kinds, name) for name in _NAMES if hasattr(kinds, name)), None)
        if kind is None:
            raise FaceError(
                f"face-alignment {getattr(library, '__version__', 'of unknown version')} names no 2D points.",
                "Install the version that requirements.txt asks for.",
            )
        with _found_in_cache(file, library):
            self._network = _made(library, kind, device)

    def find(self, image: Image, face: Face) -> Floats:
        """See FindsLandmarks."""
        (x, y), side = face.centre.tolist(), face.side
        box = [x - _WIDE * side, y - _ABOVE * side, x + _WIDE * side, y + _BELOW * side, face.score]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "No faces were detected" is told below
            found = self._network.get_landmarks_from_image(image, detected_faces=[box])
        if not found:
            raise FaceError("face-alignment found no points on the face.", "Choose a picture with a clear face.")
        points: Floats = np.asarray(found[0], np.float64)[:, :2]
        return points


class _Network(Protocol):
    def get_landmarks_from_image(
        self, image: Image, detected_faces: Sequence[Sequence[float]]
    ) -> list[npt.NDArray[np.float32]] | None: ...


def _verify(file: Path, sha256: str) -> None:
    if len(sha256) < 8:
        raise ValueError(f"a hash of {len(sha256)} digits proves nothing")
    digest = hashlib.sha256()
    try:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise FaceError(
            f"The landmark network {file} cannot be read: {error.strerror}.", "Download it again."
        ) from error
    if not digest.hexdigest().startswith(sha256.lower()):
        raise FaceError(
            f"{file} is not the landmark network: its sha256 begins with {digest.hexdigest()[: len(sha256)]}, not {sha256}.",
            "Download it again.",
        )


def _import() -> ModuleType:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module("face_alignment")
    except ImportError as error:
        raise FaceError(
            f"The package face-alignment cannot be imported: {error}.", "Run `pip install -r requirements.txt`."
        ) from error


@contextmanager
def _found_in_cache(file: Path, library: ModuleType) -> Iterator[None]:
    """While the network is made, the package's cache is a folder that holds our file under the name it looks for."""
    urls: dict[str, str] = getattr(getattr(library, "api", None), "models_urls", {})
    name = next((url.rsplit("/", 1)[-1] for key, url in urls.items() if key.startswith("2DFAN-4")), file.name)
    before = os.environ.get("TORCH_HOME")
    with tempfile.TemporaryDirectory(prefix="avatarify-") as home:
        folder = Path(home) / "hub" / "checkpoints"
        folder.mkdir(parents=True)
        linked = folder / name
        try:
            linked.symlink_to(file.resolve())
        except OSError:  # Windows without the right to make links
            linked.write_bytes(file.read_bytes())
        os.environ["TORCH_HOME"] = home
        try:
            yield
        finally:
            if before is None:
                del os.environ["TORCH_HOME"]
            else:
                os.environ["TORCH_HOME"] = before


def _made(library: ModuleType, kind: object, device: str) -> _Network:
    # Boxes come from us, so the package needs no detector; compiling and flipping cost more than they give for single faces.
    options: dict[str, Any] = {"device": device, "flip_input": False, "face_detector": "folder"}
    if tuple(int(part) for part in str(library.__version__).split(".")[:2]) >= (1, 5):
        options["compile"] = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network: _Network = library.FaceAlignment(kind, **options)
            return network
    except (OSError, RuntimeError, ValueError, KeyError, EOFError, TypeError, UnpicklingError) as error:
        raise FaceError(
            f"face-alignment {library.__version__} cannot use the landmark network: {str(error).splitlines()[0]}.",
            "Download the network again, or install the version of face-alignment that requirements.txt asks for.",
        ) from error
