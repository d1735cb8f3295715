"""A judge from any ONNX file: taken as it is, but for the thresholds, which are set as all judges' are."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from facegan.errors import UserError
from facegan.evaluation.judge_data import Lesson, Splits, lessons
from facegan.evaluation.judge_networks import Classifier
from facegan.evaluation.judge_training import thresholds
from facegan.evaluation.judges import Judge, checksum, chunks, examine
from facegan.evaluation.outside.origin import Origin

CALIBRATION = 2_000  # faces that set the thresholds
SCORES = ("logits", "probabilities")
LEAST = 1e-6  # of a probability


class OnnxNetwork(Classifier):
    """Faces N x 3 x S x S in [-1, 1], brought to `side` pixels, to logits N x K: columns of the file's first output.

    places: K numbers of columns. mean, std: of the three channels of pictures in [0, 1]. probabilities: what comes out
    is in 0 to 1. Raises UserError for a file that cannot be read.
    """

    digest: Tensor
    thresholds: Tensor

    def __init__(
        self,
        path: Path,
        *,
        side: int,
        mean: Sequence[float],
        std: Sequence[float],
        places: Sequence[int],
        probabilities: bool,
    ) -> None:
        super().__init__()
        self.session, data = opened(path)
        self.side, self.places, self.probabilities = side, list(places), probabilities
        self.mean, self.std = (torch.tensor(values).view(3, 1, 1) for values in (mean, std))
        self.register_buffer("digest", torch.tensor(list(sha256(data).digest()), dtype=torch.uint8))
        self.register_buffer("thresholds", torch.zeros(len(places)))

    def forward(self, images: Tensor) -> Tensor:
        """The logits less the thresholds."""
        if images.shape[-1] != self.side:
            images = F.interpolate(images, (self.side, self.side), mode="bilinear", antialias=True)
        pixels = ((images + 1) / 2 - self.mean) / self.std
        first = self.session.get_inputs()[0]
        # Some files were exported for one batch size only.
        size = first.shape[0] if isinstance(first.shape[0], int) else len(pixels)
        answers = [
            torch.from_numpy(self.session.run(None, {first.name: part.contiguous().numpy()})[0])
            for part in pixels.split(size)
        ]
        found = torch.cat(answers).flatten(1)[:, self.places].float()
        return (found.clamp(LEAST, 1 - LEAST).logit() if self.probabilities else found) - self.thresholds


class OnnxJudge(Origin):
    """Any classifier of faces as an ONNX file.

    path: the file. outputs: attribute -> column of its first output, N x M. side: pixels that it takes. mean, std: of
    the channels, for pictures in [0, 1]. scores: `logits` or `probabilities`. The file may take one batch size only if
    that is 1.

    Raises UserError for what of it is missing or does not fit, and where onnxruntime is not installed.
    """

    def __init__(
        self,
        *,
        path: str | None = None,
        outputs: Mapping[str, int] | None = None,
        side: int = 64,
        mean: Sequence[float] = (0.5, 0.5, 0.5),
        std: Sequence[float] = (0.5, 0.5, 0.5),
        scores: str = "logits",
    ) -> None:
        if not path or not outputs:
            raise UserError(
                "judge=onnx: name the file and its columns: judge.path=FILE 'judge.outputs={Eyeglasses: 0}'"
            )
        if scores not in SCORES:
            raise UserError(f"judge.scores={scores}: choose {' or '.join(SCORES)}.")
        if not (len(mean) == len(std) == 3 and min(std) > 0):
            raise UserError("judge.mean, judge.std: three numbers each, for red, green and blue; std above 0.")
        self.path, self.outputs, self.side = Path(path), dict(outputs), side
        self.mean, self.std, self.probabilities = tuple(mean), tuple(std), scores == "probabilities"

    def find(self, splits: Splits, attributes: tuple[str, ...]) -> Judge:
        """The judge with thresholds of this data set. Raises UserError for an attribute without a column."""
        if missing := [name for name in attributes if name not in self.outputs]:
            raise UserError(f"judge.outputs names no column for {missing[0]}; it has {', '.join(self.outputs)}.")
        network = OnnxNetwork(
            self.path,
            side=self.side,
            mean=self.mean,
            std=self.std,
            places=[self.outputs[name] for name in attributes],
            probabilities=self.probabilities,
        ).eval()
        lesson, exam = lessons(splits, attributes, "report", twin_faces=CALIBRATION)
        try:
            network.thresholds += calibrated(network, lesson)
            accuracy = examine(network, exam, attributes)
        except Exception as error:  # onnxruntime's errors are its own, and of many kinds
            raise UserError(f"judge.path={self.path} cannot take these faces: {str(error).splitlines()[0]}") from error
        return Judge(
            network=network, attributes=attributes, accuracy=accuracy, role="report", key=self._key(network, attributes)
        )

    def _key(self, network: OnnxNetwork, attributes: tuple[str, ...]) -> str:
        """A hash of the file, the thresholds and all settings."""
        columns = [(name, self.outputs[name]) for name in attributes]
        made_of = [checksum(network), columns, self.side, self.mean, self.std, self.probabilities]
        return f"onnx-{sha256(json.dumps(made_of).encode()).hexdigest()[:16]}"


@torch.no_grad()
def calibrated(network: Classifier, lesson: Lesson) -> Tensor:
    """The thresholds, K, of the first faces of a lesson."""
    numbers = torch.arange(min(CALIBRATION, len(lesson.labels)))
    parts = chunks(lesson.draw(numbers))
    return thresholds(torch.cat([network(part.float() / 127.5 - 1) for part in parts]), lesson.labels[numbers])


def opened(path: Path) -> tuple[Any, bytes]:
    """A session of onnxruntime, and the file's bytes."""
    if find_spec("onnxruntime") is None:
        raise UserError("judge=onnx needs onnxruntime: pip install 'facegan[judges]' brings it.")
    runtime: Any = import_module("onnxruntime")
    try:
        data = path.read_bytes()
        return runtime.InferenceSession(data, providers=["CPUExecutionProvider"]), data
    except Exception as error:  # onnxruntime's errors are its own, and of many kinds
        raise UserError(f"judge.path={path} cannot be read: {str(error).splitlines()[0]}") from error
