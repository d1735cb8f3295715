"""Reads plates, and says how sure it is, without learning: each letter is compared with all of ALPHABET as drawn.

The reader knows where the plate lies, not what is on it: the question is whether letters can be read. A picture of a
letter is a template times contrast, plus brightness and noise. With white noise of unknown strength the likelihood of
a letter whose correlation with the picture is r goes with (1 - r^2)^(-M/2), where M counts independent pixels. They
are not independent after any enlargement, so M, `evidence`, is the one number that is calibrated: it makes the known
letters of damaged plates most likely.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from facegan.data.plates.glyphs import ALPHABET, HEIGHT, WIDTH, templates
from facegan.data.plates.layout import Layout, projected
from facegan.luma import luminance

EVIDENCE = 25.0
"""Calibrated on worn plates of two rows at 64 pixels, shrunk to 8 to 32 pixels and enlarged again; see the tests."""

_BEYOND, _STEP, _WEIGHT = 0.8, 0.3, 0.5


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read on N plates of L letters.

    letters: N x L numbers into ALPHABET. confidence: N x L, the probability that the letter is right. margin: N x L, by
    how much the best letter's correlation exceeds the second's.
    """

    letters: Tensor
    confidence: Tensor
    margin: Tensor

    @property
    def texts(self) -> list[str]:
        """The plates' texts."""
        return ["".join(ALPHABET[letter] for letter in row) for row in self.letters.tolist()]

    def accuracy(self, truth: Tensor) -> float:
        """The share of letters that are right. truth: N x L."""
        return float((self.letters == truth).float().mean())

    def confidently_wrong(self, truth: Tensor, *, above: float = 0.9) -> float:
        """The share of all letters that are wrong with a confidence above this."""
        return float(((self.letters != truth) & (self.confidence > above)).float().mean())


class Reader:
    """Reads plates of a layout.

    evidence: how many independent pixels a letter is worth, above 0; see the module.
    """

    def __init__(self, layout: Layout, *, evidence: float = EVIDENCE) -> None:
        if not evidence > 0:
            raise ValueError(f"evidence must be above 0, not {evidence}")
        self.layout, self.evidence = layout, evidence

    def __call__(self, images: Tensor, placements: Tensor) -> Reading:
        """images: N x 3 x S x S in [-1, 1]. placements: N x 3 x 3, as `Plates.placements` gives them."""
        match = self.matches(images, placements)
        best = match.topk(2, dim=-1)
        sure = (self.evidence * _gain(match)).softmax(dim=-1)
        letters = best.indices[..., 0]
        confidence = sure.gather(-1, letters[..., None])[..., 0]
        return Reading(letters, confidence, best.values[..., 0] - best.values[..., 1])

    def matches(self, images: Tensor, placements: Tensor) -> Tensor:
        """The correlation of every letter of a plate with every letter of ALPHABET, N x L x A in [-1, 1].

        Light letters on dark are told from dark ones on light by which of the two reads better, for the whole plate.
        """
        x, y = _places()
        size = images.shape[-1]
        soft = max(0.3, 2.0 * (2.0 / size) / (0.84 / max(self.layout.half)))
        ink = _unit(templates(x, y, weight=_WEIGHT, soft=soft).flatten(1))
        seen = _unit(self._letters(images, placements, x, y).flatten(2))
        match = seen @ ink.T
        light, dark = match.amax(-1).sum(-1), (-match).amax(-1).sum(-1)
        return torch.where((light >= dark)[:, None, None], match, -match)

    def calibrated(self, images: Tensor, placements: Tensor, truth: Tensor) -> "Reader":
        """A reader whose `evidence` makes known letters, N x L, most likely; the pictures should be hard to read."""
        gain = _gain(self.matches(images, placements))
        tried = torch.logspace(-1, 3, 81)
        losses = [F.cross_entropy((each * gain).flatten(0, 1), truth.flatten()) for each in tried]
        return Reader(self.layout, evidence=float(tried[torch.stack(losses).argmin()]))

    def _letters(self, images: Tensor, placements: Tensor, x: Tensor, y: Tensor) -> Tensor:
        """The luminance at places of each letter's grid, N x L x rows x columns."""
        corners = self.layout.corners()[:, :, None, None]
        places = torch.stack(projected(placements, (corners[:, 0] + x)[None], (corners[:, 1] + y)[None]), dim=-1)
        grey = luminance(images)
        flat = places.flatten(1, 2).to(images)
        seen = F.grid_sample(grey, flat, mode="bilinear", padding_mode="border", align_corners=False)
        letters: Tensor = seen.view(places.shape[:-1])
        return letters


def calibration_error(reading: Reading, truth: Tensor, *, bins: int = 10) -> float:
    """The expected calibration error: how far confidence and accuracy lie apart, over bins of confidence."""
    right, sure = (reading.letters == truth).float().flatten(), reading.confidence.flatten()
    place = (sure * bins).long().clamp(max=bins - 1)
    count = torch.zeros(bins).index_add_(0, place, torch.ones_like(sure))
    gap = torch.zeros(bins).index_add_(0, place, sure - right).abs()
    return float(gap.sum() / count.sum())


def _places() -> tuple[Tensor, Tensor]:
    x = torch.arange(-_BEYOND, WIDTH + _BEYOND, _STEP)
    y = torch.arange(-_BEYOND, HEIGHT + _BEYOND, _STEP)
    across, down = torch.meshgrid(x, y, indexing="xy")
    return across, down


def _unit(values: Tensor) -> Tensor:
    """Without their mean, of length 1."""
    return F.normalize(values - values.mean(-1, keepdim=True), dim=-1, eps=1e-6)


def _gain(match: Tensor) -> Tensor:
    """The log-likelihood of each letter for one independent pixel; a letter in the wrong polarity is none."""
    return -0.5 * torch.log1p(-match.clamp(0.0, 0.999).square())
