"""PhotoTwins: aligned photographs that wear TwinFaces' glasses, hats and mustaches, so that an edit has a true answer."""

from facegan.data.phototwins.photo_twins import VERSION, WORN, PhotoTwins

__all__ = ["VERSION", "WORN", "PhotoTwins"]
