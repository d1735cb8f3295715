"""PhotoTwins: aligned photographs that wear TwinFaces' glasses, hats and mustaches: edits with a true answer."""

from facegan.data.phototwins.photo_twins import VERSION, WORN, PhotoTwins

__all__ = ["VERSION", "WORN", "PhotoTwins"]
