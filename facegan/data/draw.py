"""What a phase asks of the data: which faces, and in which forms."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Draw:
    """A wish for faces.

    has: attribute -> 0 or 1 that every drawn face must have, such as {"Eyeglasses": 1}; empty for any face.
    low: side in pixels of the low-resolution images wanted (area-averaged), which fill `FaceBatch.low`; None for none.
    unpaired: small pictures of other faces, where the data set has a set of them; without one, faces as ever.
    Raises ValueError for a value other than 0 and 1, and for a side below 1.
    """

    has: Mapping[str, int] = field(default_factory=dict)
    low: int | None = None
    unpaired: bool = False

    def __post_init__(self) -> None:
        wrong = {name: value for name, value in self.has.items() if value not in (0, 1)}
        if wrong:
            raise ValueError(f"a draw asks for attributes that are 0 or 1, not {wrong}.")
        if self.low is not None and self.low < 1:
            raise ValueError(f"a draw's low-resolution side is at least 1 pixel, not {self.low}.")

    def key(self) -> tuple[tuple[str, int], ...]:
        """What decides the pool of faces, as something that can be compared and hashed."""
        return tuple(sorted((name, int(value)) for name, value in self.has.items()))

    def __str__(self) -> str:
        return ", ".join(f"{name}={value}" for name, value in self.key()) or "any face"
