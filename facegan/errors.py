"""The one kind of error that is answered with a line instead of a traceback, and a test that leads to it."""

import math


class UserError(ValueError):
    """What was asked for cannot work. The message names the input, what is wrong with it and what to do."""


def is_amount(value: object) -> bool:
    """Whether this is a finite number from 0. A setting may be anything, and true is 1 to Python."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf
