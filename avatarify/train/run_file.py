"""What a run was begun with, kept in its folder, so that it can be resumed without saying everything again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from avatarify.errors import CheckpointError
from avatarify.media.part_file import PartFile
from avatarify.train.config import TrainConfig

RUN: Final = "run.json"


@dataclass(frozen=True)
class RunFile:
    """folders: of the data. cache: where its frames are kept. licences: the data's licence classes (sources.licence_classes).
    perceptual_file: of the backbone's weights, None where they are looked for in the user's folder of models. init: sha256
    of the model that the run began with, "" where it began with none or an older version wrote the file."""

    config: TrainConfig
    steps: int
    folders: tuple[Path, ...]
    cache: Path
    licences: tuple[str, ...] = ()
    perceptual_file: Path | None = None
    init: str = ""

    def write(self, output: Path) -> None:
        """Into the run's folder. Raises MediaError."""
        values = {
            "config": json.loads(self.config.to_json()),
            "steps": self.steps,
            "folders": [str(folder.resolve()) for folder in self.folders],
            "cache": str(self.cache.resolve()),
            "licences": list(self.licences),
            "perceptual_file": None if self.perceptual_file is None else str(self.perceptual_file.resolve()),
            "init": self.init,
        }
        with PartFile(output / RUN) as part:
            part.path.write_text(json.dumps(values, indent=2) + "\n", "utf-8")

    @classmethod
    def read(cls, output: Path) -> RunFile:
        """Raises CheckpointError: no run there, or not readable. Older files say less."""
        path = output / RUN
        try:
            values = json.loads(path.read_text("utf-8"))
            config = TrainConfig.from_json(json.dumps(values["config"]))
            folders, licences = map(Path, values["folders"]), map(str, values.get("licences", ()))
            weights = values.get("perceptual_file")
            return cls(
                config,
                int(values["steps"]),
                tuple(folders),
                Path(values["cache"]),
                tuple(licences),
                None if weights is None else Path(weights),
                str(values.get("init", "")),
            )
        except FileNotFoundError as error:
            raise CheckpointError(f"There is no run in {output} to resume.", "Start without --resume.") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CheckpointError(f"{path} is damaged ({error}).", "Start again without --resume.") from error
