"""Aligned eyes: in the same two places of every picture by the painters' own frames, and all else as it was."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from facegan.assemble import make_source
from facegan.config import compose_config
from facegan.data.source import FaceSource
from facegan.data.twinfaces import Faces, TwinFaces, render, sample
from facegan.data.twinfaces.alignment import ALIGNMENT, aligned
from facegan.data.twinfaces.factors import TRAITS, decoded
from facegan.data.twinfaces.look import LOOK
from facegan.data.twinfaces.stage import Stage
from facegan.errors import UserError

EYES = (0.239, 0.024)  # as docs/twinfaces.md says
POSE = ("shift_x", "shift_y", "scale", "roll", "yaw", "pitch", "eye_gap")


def off_the_eyes(faces: Faces) -> tuple[Tensor, Tensor]:
    """How far from an eye's middle, across and down in a picture 2 wide, the place is where eyes should lie; N x 2."""
    traits = decoded(faces)
    window = Stage(traits, 64, boxed=False).window((-0.5, 0.5, -0.5, 0.5), slides=True)
    line = (torch.arange(64) + 0.5) / 32 - 1
    row = int((line - EYES[1]).abs().argmin())
    columns = [int((line - x).abs().argmin()) for x in (-EYES[0], EYES[0])]
    scale = traits[:, TRAITS.index("scale"), None]
    across = window.fu[:, row, columns].abs() - window["eye_gap"][:, 0]
    down = window.fv[:, row, columns] - window["eye_line"][:, 0]
    return across * scale - (line[columns].abs() - EYES[0]), down * scale - (line[row] - EYES[1])


def test_eyes_lie_where_they_should() -> None:
    across, down = off_the_eyes(sample(torch.arange(500), seed=4, eyes_aligned=True))
    assert down.abs().max() < 1e-4
    assert across.abs().max() < 1 / 192  # a sixth of a pixel of 64
    crooked = off_the_eyes(sample(torch.arange(500), seed=4))
    assert crooked[1].abs().max() > 0.05


def test_only_pose_and_the_distance_of_the_eyes_change() -> None:
    plain, straight = sample(torch.arange(50), seed=4), sample(torch.arange(50), seed=4, eyes_aligned=True)
    kept = [column.name not in POSE for column in LOOK]
    assert torch.equal(plain.look[:, kept], straight.look[:, kept])
    assert (straight.look[:, ~torch.tensor(kept)] != plain.look[:, ~torch.tensor(kept)]).any()
    assert ((straight.look >= 0) & (straight.look <= 1)).all()
    assert torch.equal(plain.labels, straight.labels)
    assert torch.equal(plain.styles, straight.styles)


def aligned_source(tmp_path: Path, value: str = "true") -> FaceSource:
    words = [
        "data=twinfaces",
        "data.size=4",
        "data.image_size=16",
        f"+data.cache={tmp_path}",
        f"+data.eyes_aligned={value}",
    ]
    return make_source(compose_config("train", words), "train")


def test_a_data_set_shows_them_and_has_a_store_of_its_own(tmp_path: Path) -> None:
    plain, straight = TwinFaces(image_size=16, size=4), aligned_source(tmp_path)
    expected = render(sample(torch.arange(4), seed=0, eyes_aligned=True), image_size=16)
    assert (straight.images(torch.arange(4)).float() - (expected + 1) * 127.5).abs().max() <= 1
    assert "eyes_aligned" not in plain.settings()  # a store from before keeps its name
    assert straight.settings()["eyes_aligned"] == ALIGNMENT


def test_a_changed_alignment_needs_a_new_version() -> None:
    """Else a store would outlive the poses that it shows. Where this fails on purpose, count ALIGNMENT up."""
    look = aligned(torch.linspace(0, 1, 5)[:, None].expand(-1, len(LOOK)))
    poses = {name: look[:, [column.name for column in LOOK].index(name)] for name in POSE}
    assert ALIGNMENT == 1
    expected = {
        "shift_x": [1.0, 0.8328, 0.5, 0.1672, 0.0],
        "shift_y": [1.0, 0.9911, 0.5157, 0.0404, 0.0],
        "scale": [0.5, 0.5, 0.5, 0.5, 0.5],
        "roll": [0.5, 0.5, 0.5, 0.5, 0.5],
        "yaw": [0.1243, 0.25, 0.5, 0.75, 0.8757],
        "pitch": [0.4497, 0.25, 0.5, 0.75, 0.5806],
        "eye_gap": [0.5, 0.5, 0.5, 0.5, 0.5],
    }
    for name, values in expected.items():
        torch.testing.assert_close(poses[name], torch.tensor(values), atol=1e-4, rtol=0)


@pytest.mark.parametrize("wrong", ["'false'", "1", "null"])
def test_what_is_neither_true_nor_false_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(UserError, match=r"eyes_aligned=.*: true or false"):
        aligned_source(tmp_path, wrong)
