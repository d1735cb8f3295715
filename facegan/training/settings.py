"""What a run is told before it begins."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from PIL.Image import Image

from facegan.errors import UserError, is_amount
from facegan.models.base import Model

OFF = {
    "ema_decay": "; null switches it off",
    **dict.fromkeys(("log_every", "picture_every", "validate_every"), "; 0 switches it off"),
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a run is trained; all intervals are on the image clock unless they say otherwise; 0 switches one off.

    images: its length. batch_size: faces per draw. accumulate: draws per step. ema_decay: None for no averages.
    log_every, picture_every, validate_every: images. checkpoint_seconds: wall-clock time between checkpoints.
    limit: the absolute value above which a loss term counts as exploded.
    """

    images: int
    batch_size: int
    accumulate: int = 1
    ema_decay: float | None = None
    log_every: int = 2_000
    picture_every: int = 0
    validate_every: int = 0
    checkpoint_seconds: float = 60.0
    limit: float = 1e6

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if name != "ema_decay" or value is not None:
                _check_number(name, value)
        for name in ("images", "batch_size", "accumulate"):
            if getattr(self, name) < 1:
                raise UserError(f"trainer.{name}={getattr(self, name)}: at least 1 is needed.")


def _check_number(name: str, value: object) -> None:
    whole = name in ("batch_size", "accumulate")
    if not is_amount(value) or (whole and not isinstance(value, int)):
        off = (
            "; 0 switches it off"
            if name.endswith("_every")
            else "; null switches it off"
            if name == "ema_decay"
            else ""
        )
        raise UserError(f"trainer.{name}={value}: a {'whole ' if whole else ''}number from 0 is needed{off}.")


class Table(Protocol):
    """Rows of a fixed set of faces, under `columns`; cells may be pictures."""

    @property
    def columns(self) -> Sequence[str]:
        """Their names."""
        ...

    def __call__(self, model: Model) -> Sequence[Sequence[Any]]:
        """The rows."""
        ...


@dataclass(frozen=True, kw_only=True)
class Hooks:
    """What the commands hand in: pictures of a fixed set, the same as a table for dashboards, and the score (higher is
    better) that chooses the best.

    validate returns figures, `score` among them, or none at all for a model to which no score applies.
    """

    picture: Callable[[Model], Image] | None = None
    table: Table | None = None
    validate: Callable[[Model], Mapping[str, float]] | None = None
