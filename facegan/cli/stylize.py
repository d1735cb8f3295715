"""`facegan stylize`: photos, by path, painted in the style that a run has learnt."""

from pathlib import Path
from typing import Any

from PIL import Image

from facegan.apps.editor import LONGEST, Editor
from facegan.cli.photo_job import PhotoJob, run_job
from facegan.cli.words import Settings
from facegan.data.similarity import Points
from facegan.errors import UserError

EXAMPLES = f"""examples:
  facegan stylize run=runs/style_transfer-s0 photo.jpg                  the whole photo
  facegan stylize run=runs/style_transfer-s0 holiday/ output=painted/   every photo of a folder
  facegan stylize run=runs/style_transfer-s0 photo.jpg longest=2000     larger, with finer strokes

settings:
  run=FOLDER           the trained run (needed)
  longest={LONGEST}         the longer side, to which larger photos are brought first; memory grows with its square
  output=stylized      the folder for the results, <photo>-stylized.png; photos are never overwritten
  device=cpu           or cuda
  plugins=PACKAGE      your own package that the run's parts come from; several with a comma between

The style is the run's: facegan train model=style_transfer model.picture=FILE learns that of a picture."""

SETTINGS = Settings(run=None, output="stylized", longest=LONGEST, device="cpu", plugins=None)


def main(argv: list[str]) -> int:
    """Paints; 0 when something was done, 2 when nothing could be."""
    return run_job(
        Job,
        argv,
        SETTINGS,
        command="stylize",
        does="Paint a photo, or a folder of photos, in the style of a trained run.",
        examples=EXAMPLES,
        metavar="PHOTO | KEY=VALUE",
    )


class Job(PhotoJob):
    """One call of the command."""

    verb, done = "stylizing", "stylized"

    def __init__(self, editor: Editor, settings: dict[str, Any], request: dict[str, float]) -> None:
        super().__init__(editor, settings, request)
        editor.model.require("stylize")
        editor.check_longest(settings["longest"])
        if request:
            raise UserError(f"a style knows no attributes; leave {', '.join(request)} out.")

    def name(self) -> str:
        """stylized."""
        return "stylized"

    def result(self, path: Path, landmarks: Points | None) -> Image.Image:
        """The whole photo in the run's style."""
        return self.editor.stylize(path, longest=self.settings["longest"])
