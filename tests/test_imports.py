"""The import directions of docs/DESIGN.md, checked against every import statement in the package."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "avatarify"
LEAVES = {"errors", "frame", "settings", "paths", "whole_file", "json_file"}
MAY_IMPORT = {
    "errors": set(),
    "frame": set(),
    "paths": set(),
    "settings": {"errors"},
    "whole_file": set(),
    "json_file": {"errors", "whole_file"},
    "model": LEAVES,
    "runtime": LEAVES | {"model"},
    "animator": LEAVES | {"model", "runtime"},
    "comfort": LEAVES | {"animator", "face", "model"},
    "memory": LEAVES | {"animator", "face", "model"},
    "avatars": LEAVES | {"animator", "face"},
    "scene": LEAVES | {"animator", "face", "memory"},
    "session": LEAVES | {"animator", "face", "comfort", "memory", "model", "scene"},
    "render": LEAVES | {"animator", "media", "face", "catalog"},
    "catalog": LEAVES | {"model"},
    "character": LEAVES,
    "face": LEAVES,
    "media": LEAVES,
    "v4l2": LEAVES,
    "preferences": LEAVES,
    "control": LEAVES,
    "camera": LEAVES | {"character", "media", "v4l2"},
    "virtual_camera": LEAVES | {"media", "v4l2"},
    "pipeline": LEAVES,
    "live": LEAVES
    | {"animator", "avatars", "memory", "session", "runtime", "face", "media", "pipeline", "camera", "virtual_camera"}
    | {"preferences"},
    "app": LEAVES
    | {"live", "session", "avatars", "pipeline", "media", "camera", "virtual_camera", "face", "catalog", "bench"}
    | {"preferences", "control", "quantisation"},
    "perceptual": LEAVES,
    "train": LEAVES | {"model", "character", "media", "face", "perceptual"},
    "evaluate": LEAVES | {"model", "runtime", "animator", "media", "face", "perceptual"},
    "embed": LEAVES | {"model", "runtime", "animator", "media", "face", "evaluate", "catalog", "train"},
    "quantisation": LEAVES | {"runtime", "avatars", "face", "media", "train", "evaluate"},
    "bench": LEAVES | {"model", "runtime", "animator", "media", "face", "character", "virtual_camera"},
}
HEAVY = {"torch", "cv2", "av", "PySide6", "numpy", "PIL", "pyvirtualcam", "face_alignment"}
FORBIDDEN = {
    "model": {"cv2", "av", "PySide6", "PIL"},
    "media": {"torch", "PySide6"},
    "camera": {"torch", "PySide6"},
    "virtual_camera": {"torch", "PySide6"},
    "v4l2": {"torch", "PySide6", "av"},
    "preferences": {"torch", "PySide6", "av", "cv2", "numpy"},
    "control": {"torch", "PySide6", "av", "cv2", "numpy"},
    "character": {"torch", "PySide6", "av"},
    "face": {"PySide6", "av"},
    "pipeline": {"torch", "PySide6", "cv2", "av"},
    "runtime": {"PySide6", "av"},
    "perceptual": {"PySide6", "av", "cv2"},
    "embed": {"PySide6", "av", "cv2"},
    "bench": {"PySide6", "av"},
    "quantisation": {"PySide6", "av"},
    "animator": {"PySide6", "av", "cv2"},
    "live": {"PySide6", "av", "cv2", "torch"},
    "scene": {"PySide6", "av", "cv2"},
    "session": {"PySide6", "av"},
    "comfort": {"PySide6", "av"},
    "memory": {"PySide6", "av", "cv2"},
    "avatars": {"PySide6", "av"},
}


def files() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(tree: ast.AST) -> set[str]:
    """Full dotted names of everything that an import statement in the tree names."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute in this house"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_rooms_import_only_what_the_plan_allows(path: Path) -> None:
    here = room(path)
    names = imported(ast.parse(path.read_text()))
    ours = {name.split(".")[1] for name in names if name.startswith("avatarify.")} - {"__version__"}
    if here not in ("__init__", "__main__", "cli"):
        assert here in MAY_IMPORT, f"{here} is not a room of docs/DESIGN.md"
        assert ours - {here} <= MAY_IMPORT[here]
    assert not {name.split(".")[0] for name in names} & FORBIDDEN.get(here, set())


@pytest.mark.parametrize("path", [path for path in files() if room(path) == "cli"], ids=lambda path: path.name)
def test_command_line_imports_rooms_inside_functions_only(path: Path) -> None:
    tree = ast.parse(path.read_text())
    at_top = imported(ast.Module([node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)], []))
    ours = {name.split(".")[1] for name in at_top if name.startswith("avatarify.")}
    assert ours <= LEAVES | {"cli", "__version__"}
    assert not {name.split(".")[0] for name in at_top} & HEAVY


def test_the_walk_sees_imports() -> None:
    assert "avatarify.model.motion" in imported(ast.parse("def f():\n    import avatarify.model.motion"))
    assert len(files()) > 10
