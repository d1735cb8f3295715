"""`facegan upscale`: small faces, by path, made large."""

from pathlib import Path
from typing import Any

from PIL import Image

from facegan.apps.editor import Editor
from facegan.cli.photo_job import PhotoJob, run_job
from facegan.cli.words import Settings, asked_name
from facegan.data.similarity import Points

EXAMPLES = """examples:
  facegan upscale run=runs/conditional_cyclegan-s0 small.png Smiling=1 Male=0    a large face that smiles
  facegan upscale run=runs/conditional_cyclegan-s0 thumbnails/ output=large/     every photo of a folder
  facegan upscale run=runs/identity_cyclegan-s0 small.png like=friend.jpg        as the face of that friend
  facegan upscale run=runs/celeba small.png Smiling=1 landmarks=points.json

settings:
  run=FOLDER           the trained run (needed)
  NAME=1, NAME=0       an attribute that the large face shall show or not, where the run is guided by attributes
  like=FILE            whose face it shall be, where the run is guided by a person
  landmarks=FILE       five points for each photo (.json, .csv, .txt), to align it as the training photos were
  output=upscaled      the folder for the results, <photo>-<size>px-<what was asked>.png; photos are never overwritten
  device=cpu           or cuda

A photo of the size that the run makes large is taken as it is; any other is cut as the training photos were, and
shrunk to that size. The result is the square alone. `facegan list models` shows which models upscale."""

SETTINGS = Settings(run=None, output="upscaled", like=None, landmarks=None, device="cpu")


def main(argv: list[str]) -> int:
    """Upscales; 0 when something was done, 2 when nothing could be."""
    return run_job(
        Job,
        argv,
        SETTINGS,
        command="upscale",
        does="Make a small face, or a folder of them, large with a trained run.",
        examples=EXAMPLES,
    )


class Job(PhotoJob):
    """One call of the command."""

    verb, done = "upscaling", "upscaled"
    like: Image.Image | None = None
    theirs: Points | None = None

    def __init__(self, editor: Editor, settings: dict[str, Any], request: dict[str, float]) -> None:
        super().__init__(editor, settings, request)
        editor.model.require("upscale")
        if like := self.exemplar("like"):
            self.like, self.theirs = like
        editor.guides(request, self.like, self.theirs)

    def name(self) -> str:
        """64px-Smiling1, 64px-like-friend."""
        like = ["like", Path(self.settings["like"]).stem] if self.like else []
        return "-".join([f"{self.editor.image_size}px", *filter(None, [asked_name(self.request, *like)])])

    def result(self, path: Path, landmarks: Points | None) -> Image.Image:
        """The large face, a square."""
        return self.editor.upscale(path, self.request, like=self.like, landmarks=landmarks, like_landmarks=self.theirs)
