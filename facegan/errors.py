"""The one kind of error that is answered with a line instead of a traceback."""


class UserError(ValueError):
    """What was asked for cannot work. The message names the input, what is wrong with it and what to do."""
