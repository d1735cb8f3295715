"""Which faces a protocol that draws none is measured on: those that were named, else the run's own."""

import os
from typing import Any

from facegan.config import compose_config
from facegan.errors import UserError
from facegan.evaluation.protocols import Protocol
from facegan.evaluation.published.protocol import Published

DRAWN = "facegan.data.twinfaces.TwinFaces"
FOLDER = "FACEGAN_CELEBA"


def faces_for(
    protocol: Protocol | Published, own: dict[str, Any], named: dict[str, Any] | None, *, image_size: int
) -> Any:
    """The config of a data set. own: the run's. named: by data=, in place of it.

    For a protocol that needs photographs, a run that was trained on drawn faces is measured on CelebA where
    $FACEGAN_CELEBA says where that lies. Raises UserError where there are no photographs.
    """
    if named:
        return {**named, "image_size": image_size}
    if not protocol.photographs or own["_target_"] != DRAWN:
        return own
    if not os.environ.get(FOLDER):
        raise UserError(
            f"{protocol.name} needs photographs, and this run was trained on drawn faces: name a folder by data=celeba "
            f"data.root=FOLDER (or set {FOLDER}), or by data=folder data.root=FOLDER data.labels=TABLE "
            "data.align=celeba_fader data.landmarks=FILE."
        )
    return {**compose_config("evaluate", ["data=celeba"])["data"], "image_size": image_size}
