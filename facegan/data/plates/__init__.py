"""Procedural licence plates with known text, and a reader that says how sure it is."""

from facegan.data.plates.glyphs import ALPHABET
from facegan.data.plates.reader import Reader, Reading
from facegan.data.plates.source import Plates

__all__ = ["ALPHABET", "Plates", "Reader", "Reading"]
