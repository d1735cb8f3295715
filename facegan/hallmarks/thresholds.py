"""What a figure must be for a claim to hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from facegan.errors import UserError


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """at_least, at_most: one of them, or both for a band. Raises UserError for neither."""

    at_least: float | None = None
    at_most: float | None = None

    def __post_init__(self) -> None:
        if self.at_least is None and self.at_most is None:
            raise UserError("a threshold needs at_least or at_most, or both.")

    def passes(self, value: float) -> bool:
        """Whether the figure is good enough. What could not be measured (NaN) never is."""
        low = self.at_least is None or value >= self.at_least
        high = self.at_most is None or value <= self.at_most
        return low and high and value == value


def read_thresholds(node: Mapping[str, Any], *, where: str = "hallmark.thresholds") -> dict[str, Threshold]:
    """The thresholds of a config, by the name of their figure. Raises UserError for one that cannot be read."""
    found = {}
    for name, values in node.items():
        try:
            found[str(name)] = Threshold(**values)
        except (TypeError, UserError) as error:
            raise UserError(f"{where}.{name}={values}: write {{at_least: X}} or {{at_most: X}}.") from error
    return found
