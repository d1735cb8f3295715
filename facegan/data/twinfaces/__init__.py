"""TwinFaces: drawn faces whose every attribute can be changed exactly, so that an edit has a true answer."""

from facegan.data.twinfaces.clips import TwinClips
from facegan.data.twinfaces.factors import Faces, sample
from facegan.data.twinfaces.regions import Regions, regions
from facegan.data.twinfaces.renderer import render
from facegan.data.twinfaces.source import TwinFaces
from facegan.data.twinfaces.styles import ATTRIBUTES, style_library
from facegan.data.twinfaces.twins import exemplar_twin, style_twins, with_attribute
from facegan.data.twinfaces.version import VERSION

__all__ = [
    "ATTRIBUTES",
    "VERSION",
    "Faces",
    "Regions",
    "TwinClips",
    "TwinFaces",
    "exemplar_twin",
    "regions",
    "render",
    "sample",
    "style_library",
    "style_twins",
    "with_attribute",
]
