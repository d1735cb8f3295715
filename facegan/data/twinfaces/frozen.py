"""Styles of which some factors stand still: the free ones are all the ways in which faces can wear an attribute."""

from collections.abc import Mapping

from torch import Tensor

from facegan.attributes import position
from facegan.data.twinfaces.styles import ATTRIBUTES, HELD_OUT, STYLES
from facegan.errors import UserError

FrozenStyles = Mapping[str, Mapping[str, float]]
"""For an attribute the quantiles at which factors of its styles stand: {"Eyeglasses": {"size": 0.5}}."""


def checked_frozen(frozen: FrozenStyles | None) -> dict[str, dict[str, float]]:
    """The same without what freezes nothing. Raises UserError for what there is not, and for what is held out."""
    result = {name: _checked(name, factors) for name, factors in (frozen or {}).items()}
    for name, factors in result.items():
        _check_held_out(name, factors)
    return {name: factors for name, factors in result.items() if factors}


def freeze(styles: Tensor, attribute: str, value: int, frozen: FrozenStyles) -> Tensor:
    """Styles of an attribute's value, ... x STYLE_SIZE, their frozen factors at their quantiles."""
    wish = frozen.get(attribute, {})
    result = styles.clone() if wish else styles
    for place, column in enumerate(STYLES.get((attribute, value), ())):
        if column.name in wish:
            result[..., place] = wish[column.name]
    return result


def _checked(attribute: str, factors: Mapping[str, float]) -> dict[str, float]:
    position(attribute, ATTRIBUTES)
    known = dict.fromkeys(column.name for value in (1, 0) for column in STYLES.get((attribute, value), ()))
    for factor, at in factors.items():
        if factor not in known:
            raise UserError(f"frozen_styles: {attribute} has no factor {factor!r}; it has {', '.join(known)}.")
        if not 0.0 <= at <= 1.0:
            raise UserError(f"frozen_styles: {attribute}.{factor}={at} is no quantile; it must lie between 0 and 1.")
    return {factor: float(at) for factor, at in factors.items()}


def _check_held_out(attribute: str, factors: Mapping[str, float]) -> None:
    """Training moves held-out styles along the second axis of their box, which is no way out where that stands."""
    value, first, low, high, second, start, stop = HELD_OUT[attribute]
    one, two = (STYLES[attribute, value][place].name for place in (first, second))
    outside = one in factors and not low <= factors[one] <= high
    if two in factors and start <= factors[two] <= stop and not outside:
        raise UserError(
            f"frozen_styles: {attribute}.{two}={factors[two]} lies in the part of the styles that is held out of "
            f"training; outside {start:g} to {stop:g} fits, or {one} frozen outside {low:g} to {high:g}."
        )
