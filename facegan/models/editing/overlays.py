"""Things that never were, drawn over faces: two rounded plates, mirrored, and a bar, of any colour and opacity.

A face with one and the face without it are a pair whose truth is known, of which an unpaired system has none. How much
the things are like the attribute is the prior that comes in here, and a setting: from anything anywhere on a face to
plates with rims before the eyes.
"""

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from facegan.errors import UserError

Span = tuple[float, float]
Look = Mapping[str, Tensor]
"""What N things look like: N x 1 x 1 x 1 numbers by name, N x 3 x 1 x 1 colours."""


class Overlays:
    """Ranges of the things, as (least, most), in units in which the picture goes from -1 to 1, y downwards.

    height: where their middle is, up or down. apart: the plates' middles from the middle line. wide, tall: half a
    plate's sides. line: half the width of a plate's rim. bar: half the width of the bar. reach: how far the bar goes to
    either side. aside: how far to the right the whole thing is. lean, tilt: a plate's turn, and the whole thing's, in
    radians. skew: by what share of its place a point of one side lies farther out, and of the other side nearer. The
    defaults lie anywhere on a face.
    What has no range here (roundness, opacities, colours, the bar's place) is drawn as `sample` says.
    Raises UserError for what is no range, and for sizes below 0 or plates without size.
    """

    def __init__(
        self,
        *,
        height: Span = (-0.6, 0.6),
        apart: Span = (0.0, 0.45),
        wide: Span = (0.06, 0.34),
        tall: Span = (0.04, 0.26),
        line: Span = (0.0, 0.09),
        bar: Span = (0.015, 0.06),
        reach: Span = (0.15, 0.9),
        lean: Span = (-0.4, 0.4),
        aside: Span = (-0.08, 0.08),
        tilt: Span = (-0.08, 0.08),
        skew: Span = (-0.12, 0.12),
    ) -> None:
        self.ranges = {
            "height": height, "apart": apart, "wide": wide, "tall": tall, "line": line, "bar": bar, "reach": reach,
            "lean": lean, "aside": aside, "tilt": tilt, "skew": skew,
        }  # fmt: skip
        for name, ends in self.ranges.items():
            _check(name, ends)

    def sample(self, count: int, device: torch.device) -> Look:
        """The looks of `count` things, from torch's global generator; most plates are nearly clear."""
        shape = (count, 1, 1, 1)

        def span(least: float, most: float) -> Tensor:
            return least + (most - least) * torch.rand(shape, device=device)

        def chance(share: float) -> Tensor:
            return torch.rand(shape, device=device) < share

        ink = _colour(count, device)
        solid = torch.ones(shape, device=device)
        places = {name: span(*ends) for name, ends in self.ranges.items() if name != "skew"}
        return places | {
            "ink": ink,
            "fill": torch.where(chance(0.4), ink, _colour(count, device)),
            "rim": torch.where(chance(0.3), span(0.5, 1.0), solid),
            "density": torch.where(chance(0.6), span(0.0, 0.3), span(0.2, 1.0)),
            "barred": solid * chance(0.6),
            "power": span(1.5, 7.0),
            "level": span(-0.1, 0.1),
            "skew": span(*self.ranges["skew"]),  # last: the order of the draws is part of what a seed means
        }

    def draw(self, images: Tensor, look: Look) -> tuple[Tensor, Tensor]:
        """The faces N x 3 x S x S in [-1, 1] wearing the things, and how much of a pixel these cover, N x 1 x S x S."""
        x, y = self._frame(images, look)
        soft = 2 / images.shape[-1]
        plate, bar = _plate(x, y, look), _bar(x, y, look)
        rim = (plate.abs() - look["line"]) / soft
        layers = (
            # The bar joins the plates and holds them; it does not lie behind them.
            (look["barred"] * _inside(bar / soft) * _inside(-plate / soft), look["ink"]),
            (look["density"] * _inside(plate / soft), look["fill"]),
            # A rim far thinner than a pixel is none: some plates are rimless.
            (look["rim"] * _inside(rim) * (look["line"] > soft / 6), look["ink"]),
        )
        worn, clear = images.float(), torch.ones_like(x)
        for cover, colour in layers:
            worn, clear = worn * (1 - cover) + colour * cover, clear * (1 - cover)
        return worn.to(images).contiguous(memory_format=torch.channels_last), 1 - clear

    def _frame(self, images: Tensor, look: Look) -> tuple[Tensor, Tensor]:
        """Each pixel's place on the thing, x mirrored; one side is drawn wider where it is turned away."""
        side = (torch.arange(images.shape[-1], device=images.device) + 0.5) * (2 / images.shape[-1]) - 1
        x, y = side - look["aside"], side[:, None] - look["height"]
        cosine, sine = look["tilt"].cos(), look["tilt"].sin()
        x, y = cosine * x + sine * y, cosine * y - sine * x
        return (x + look["skew"] * x.abs()).abs(), y


def _check(name: str, ends: Span) -> None:
    fits = len(ends) == 2 and all(map(math.isfinite, ends)) and ends[0] <= ends[1]
    if not fits or (name in ("line", "bar", "reach") and ends[0] < 0) or (name in ("wide", "tall") and ends[0] <= 0):
        raise UserError(f"Overlays: {name}={list(ends)}; a range [least, most], of sizes from 0, of plates above 0.")


def _plate(x: Tensor, y: Tensor, look: Look) -> Tensor:
    """How far outside the plate's border, to first order: a superellipse between a diamond and a square."""
    x, power = x - look["apart"], look["power"]
    cosine, sine = look["lean"].cos(), look["lean"].sin()
    across = ((cosine * x + sine * y) / look["wide"]).abs().clamp_min(1e-3)
    along = ((cosine * y - sine * x) / look["tall"]).abs().clamp_min(1e-3)
    radius = (across**power + along**power) ** (1 / power)
    slope = torch.hypot((across / radius) ** (power - 1) / look["wide"], (along / radius) ** (power - 1) / look["tall"])
    return (radius - 1) / slope


def _bar(x: Tensor, y: Tensor, look: Look) -> Tensor:
    return torch.maximum((y - look["level"]).abs() - look["bar"], x - look["reach"])


def _inside(distance: Tensor) -> Tensor:
    return (0.5 - distance).clamp(0, 1)


def _colour(count: int, device: torch.device) -> Tensor:
    """Greys, dark ones more often, three in five of them tinted: N x 3 x 1 x 1 in [-1, 1]."""
    grey, vivid, tinted = torch.rand(3, count, 1, 1, 1, device=device).unbind()
    grey, share = grey**1.5, vivid * (tinted < 0.6)
    hue = torch.rand(count, 3, 1, 1, device=device) * (0.3 + 0.7 * grey)
    return 2 * (grey * (1 - share) + hue * share) - 1
