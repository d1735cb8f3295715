"""`facegan upscale`: pictures made large by a run of super-resolution, or small faces by a run that is guided."""

from pathlib import Path
from typing import Any

from PIL import Image

from facegan.apps.editor import Editor
from facegan.apps.enlarging import SIDE
from facegan.cli.enlarging_job import EnlargingJob
from facegan.cli.photo_job import PhotoJob, Runs, run_job
from facegan.cli.words import Settings, asked_name
from facegan.data.similarity import Points
from facegan.errors import UserError
from facegan.models.superresolution.upscaling import Upscaling

EXAMPLES = """examples:
  facegan upscale run=runs/srgan_quickstart-s0 photo.jpg                 the whole picture, 4 times as large
  facegan upscale run=runs/srgan_quickstart-s0 album/ output=large/      every picture of a folder
  facegan upscale run=runs/srgan_quickstart-s0 photo.jpg invention=0.5 map=true
  facegan upscale run=runs/vespcn_quickstart-s0 frames/                  a film, each frame with its neighbours
  facegan upscale run=runs/vespcn_quickstart-s0 film.mp4                 needs pip install 'facegan[video]'
  facegan upscale run=runs/conditional_cyclegan-s0 small.png Smiling=1   a large face that smiles
  facegan upscale run=runs/identity_cyclegan-s0 small.png like=friend.jpg   as the face of that friend

settings of every run:
  run=FOLDER           the trained run (needed)
  output=upscaled      the folder for the results
  device=cpu           or cuda
  plugins=PACKAGE      your own package that the run's parts come from; several with a comma between

of super-resolution:
  invention=0.5        from 0, the mean's answer, to 1, the system's; every answer agrees with the small picture
  map=true             beside each picture <name>-map.png, where it was invented: white is a quarter of the range or
                       more. invention is 1 where it is not set. Both need ++model.keep_mean=true at training.
  tile=128             small pixels a side of the pieces in which a picture is made; a smaller one takes less memory
Pictures have any size. They stay grey where they were, and keep their transparency; 16 bits become 8. A film is a
folder of frames, a video file or an animated GIF; a file's frames go into a folder of its name, to be joined again.
Results are <photo>-<scale>x.png; what is there already is left as it is, so that a stopped call goes on.

of face models that are guided by attributes or a person:
  NAME=1, NAME=0       an attribute of the run that the large face shall show or not
  like=FILE            whose face it shall be
  landmarks=FILE       five points for each photo (.json, .csv, .txt), to align it as the training photos were
A photo of the size that the run makes large is taken as it is; any other is cut as the training photos were, and
shrunk to that size. The result is the square alone, <photo>-<size>px-<what was asked>.png; photos are never
overwritten. `facegan list models` shows which models upscale."""

SETTINGS = Settings(
    run=None,
    output="upscaled",
    invention=None,
    map=None,
    tile=SIDE,
    like=None,
    landmarks=None,
    device="cpu",
    plugins=None,
)


def main(argv: list[str]) -> int:
    """Upscales; 0 when something was done, 2 when nothing could be."""
    return run_job(
        job_of,
        argv,
        SETTINGS,
        command="upscale",
        does="Make pictures large with a trained run: a photo, a folder or a film.",
        examples=EXAMPLES,
    )


def job_of(editor: Editor, settings: dict[str, Any], request: dict[str, float]) -> Runs:
    """What suits the run: whole pictures of any size, or the faces of a model that is guided."""
    if isinstance(editor.model, Upscaling):
        return EnlargingJob(editor, editor.model, settings, request)
    return Job(editor, settings, request)


class Job(PhotoJob):
    """One call of the command."""

    verb, done = "upscaling", "upscaled"
    like: Image.Image | None = None
    theirs: Points | None = None

    def __init__(self, editor: Editor, settings: dict[str, Any], request: dict[str, float]) -> None:
        super().__init__(editor, settings, request)
        editor.model.require("upscale")
        if given := [key for key in ("invention", "map", "tile") if settings[key] != SETTINGS[key]]:
            raise UserError(f"{type(editor.model).__name__} is guided, and has no {given[0]}; leave {given[0]}= out.")
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
