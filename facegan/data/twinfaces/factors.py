"""A face as numbers: labels, the factors of its own, and for each attribute the styles that it wears or would wear."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from facegan.data.twinfaces.alignment import SLIDE_U, SLIDE_V, aligned
from facegan.data.twinfaces.columns import Column, decode
from facegan.data.twinfaces.frozen import FrozenStyles, freeze
from facegan.data.twinfaces.hashing import SPLITS, keys, uniforms
from facegan.data.twinfaces.labels import draw_labels
from facegan.data.twinfaces.look import LOOK
from facegan.data.twinfaces.pigments import PIGMENTS, pigments
from facegan.data.twinfaces.styles import ATTRIBUTES, STYLE_SIZE, STYLES, is_held_out, without_held_out
from facegan.errors import UserError


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """N faces.

    labels: N x 14 in {0, 1}.
    look: N x len(LOOK) quantiles in [0, 1].
    styles: N x 14 x 2 x STYLE_SIZE quantiles in [0, 1], a style for each value of each attribute; those of the values
        that a face does not show are dormant.
    index, identity: N int64; a face and its twins share them.
    """

    labels: Tensor
    look: Tensor
    styles: Tensor
    index: Tensor
    identity: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, which: Tensor | slice) -> "Faces":
        return Faces(**{field.name: getattr(self, field.name)[which] for field in fields(self)})

    def repeat(self, times: int) -> "Faces":
        """Each face `times` times in a row, N * times faces."""
        return Faces(**{f.name: getattr(self, f.name).repeat_interleave(times, dim=0) for f in fields(self)})

    def shown(self, attribute: str) -> Tensor:
        """The styles of an attribute that the faces wear, N x STYLE_SIZE."""
        place = ATTRIBUTES.index(attribute)
        return self.styles[torch.arange(len(self)), place, self.labels[:, place].long()]

    def held_out(self, attribute: str) -> Tensor:
        """Which faces wear a style of an attribute that the train split never shows, N bool."""
        place = ATTRIBUTES.index(attribute)
        shown = self.shown(attribute)
        on = is_held_out(shown, attribute, 1) & (self.labels[:, place] == 1)
        return on | (is_held_out(shown, attribute, 0) & (self.labels[:, place] == 0))


def sample(
    index: Tensor,
    *,
    seed: int,
    split: str = "train",
    phi: Mapping[str, float] | None = None,
    marginals: Mapping[str, float] | None = None,
    frozen: FrozenStyles | None = None,
    eyes_aligned: bool = False,
) -> Faces:
    """The faces of these numbers (N int64, from 0). Each depends on (seed, split, number) and the settings alone.

    phi: correlations of label pairs, such as {"Male-Mustache": 0.5}; marginals: shares of faces with an attribute.
    frozen: quantiles at which factors of styles stand, such as {"Eyeglasses": {"size": 0.5}}, on and off alike.
    eyes_aligned: whether all are upright, of one size, and their eyes in the same two places (see `alignment`).
    """
    if split not in SPLITS:
        raise UserError(f"split={split!r}: there are {', '.join(SPLITS)}.")
    index = torch.as_tensor(index, dtype=torch.int64)
    if index.ndim != 1 or (len(index) and int(index.min()) < 0):
        raise UserError("index: a vector of numbers from 0 is needed.")
    key = keys(index, seed=seed, stream=SPLITS.index(split))
    labels = draw_labels(uniforms(key, len(ATTRIBUTES)), phi=phi, marginals=marginals)
    styles = uniforms(key, len(ATTRIBUTES) * 2 * STYLE_SIZE, first=100).reshape(-1, len(ATTRIBUTES), 2, STYLE_SIZE)
    if frozen:
        styles = _each_style(styles, lambda name, value, part: freeze(part, name, value, frozen))
    if split != "test":
        styles = _free_of_held_out(styles, uniforms(key, 2 * len(ATTRIBUTES), first=50))
    look = uniforms(key, len(LOOK), first=1000)
    look = aligned(look) if eyes_aligned else look
    return Faces(labels=labels, look=look, styles=styles, index=index, identity=index)


def _free_of_held_out(styles: Tensor, spare: Tensor) -> Tensor:
    spare = spare.reshape(len(spare), len(ATTRIBUTES), 2)

    def moved(name: str, value: int, part: Tensor) -> Tensor:
        return without_held_out(part, spare[:, ATTRIBUTES.index(name), value], name, value)

    return _each_style(styles, moved)


def _each_style(styles: Tensor, change: Callable[[str, int, Tensor], Tensor]) -> Tensor:
    """N x 14 x 2 x STYLE_SIZE, each N x STYLE_SIZE of it changed by (attribute, value, styles)."""
    rows = [[change(name, v, styles[:, a, v]) for v in (0, 1)] for a, name in enumerate(ATTRIBUTES)]
    return torch.stack([torch.stack(pair, dim=1) for pair in rows], dim=1)


def _plan() -> tuple[list[str], list[Column], list[Column]]:
    """The names of the shown style factors, and the column of each for value 0 and for value 1."""
    names, off, on = [], [], []
    for attribute in ATTRIBUTES:
        both = {v: {c.name: c for c in STYLES.get((attribute, v), ())} for v in (0, 1)}
        for name in dict.fromkeys([*both[1], *both[0]]):
            names.append(f"{attribute}.{name}")
            off.append(both[0].get(name) or both[1][name])
            on.append(both[1].get(name) or both[0][name])
    return names, off, on


_NAMES, _OFF, _ON = _plan()


def _gather(styles: Tensor, value: int) -> Tensor:
    """The quantiles behind each name of the plan for one value, N x len(plan)."""
    picked = []
    for name in _NAMES:
        attribute, column = name.split(".")
        own = [c.name for c in STYLES.get((attribute, value), ())]
        # A factor that only one value has is read from that value's style.
        side = value if column in own else 1 - value
        place = [c.name for c in STYLES[attribute, side]].index(column)
        picked.append((ATTRIBUTES.index(attribute) * 2 + side) * STYLE_SIZE + place)
    return styles.flatten(1)[:, torch.tensor(picked)]


_POSE = ("cosine", "sine", "slide_u", "slide_v")
_FACTORS = (*ATTRIBUTES, *(column.name for column in LOOK), *_NAMES)
TRAITS: tuple[str, ...] = (*_FACTORS, *_POSE, *(f"{name}:{part}" for name in PIGMENTS for part in "rgb"))


def decoded(faces: Faces) -> Tensor:
    """What the painters read: N x len(TRAITS) values, labels first, then the units of LOOK and STYLES, then derived."""
    owners = torch.tensor([ATTRIBUTES.index(name.split(".")[0]) for name in _NAMES])
    on = faces.labels[:, owners] > 0.5
    off_values = decode(_gather(faces.styles, 0), _OFF)
    on_values = decode(_gather(faces.styles, 1), _ON)
    factors = torch.cat([faces.labels, decode(faces.look, LOOK), torch.where(on, on_values, off_values)], dim=1)
    get = dict(zip(_FACTORS, factors.unbind(dim=1), strict=True))
    return torch.cat([factors, _pose(get), pigments(get)], dim=1)


def _pose(get: Mapping[str, Tensor]) -> Tensor:
    """Cosine and sine of the roll (given as its tangent), and how far the sliding frame slides: N x 4."""
    cosine = 1.0 / (1.0 + get["roll"] * get["roll"]).sqrt()
    return torch.stack([cosine, get["roll"] * cosine, SLIDE_U * get["yaw"], SLIDE_V * get["pitch"]], dim=1)
