"""FaceGAN: GAN face-attribute editing, from parts, losses and phases to edits measured against the true answer."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from facegan.apps.editor import Editor

__all__ = ["__version__", "load"]
__version__ = "0.1.0"


def load(run: str | Path, device: str = "cpu", *, plugins: Sequence[str] = ()) -> "Editor":
    """A trained run as something that edits photos by attribute names.

    run: a run folder. plugins: packages of your own that its parts come from; a run folder can opt none in.
    Raises UserError, in one line, where it cannot be used.
    """
    from facegan.apps.editor import Editor  # here, so that `import facegan` costs nothing

    return Editor(run, device=device, plugins=plugins)
