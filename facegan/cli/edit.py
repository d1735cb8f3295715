"""`facegan edit`: photos, by path, with attributes switched on or off."""

from pathlib import Path
from typing import Any

from PIL import Image

from facegan.apps.editor import Editor
from facegan.cli.photo_job import PhotoJob, run_job
from facegan.cli.words import Settings, asked_name
from facegan.data.similarity import Points
from facegan.errors import UserError

EXAMPLES = """examples:
  facegan edit run=runs/quickstart-s0 me.jpg Eyeglasses=1         put glasses on
  facegan edit run=runs/fader me.jpg Smiling=1 Young=0 strength=1.5   several at once, overdone
  facegan edit run=runs/fader holiday/ Smiling=1 output=smiles/   every photo of a folder
  facegan edit run=runs/quickstart-s0 me.jpg exemplar=friend.jpg  that friend's very glasses
  facegan edit run=runs/celeba me.jpg Smiling=1 landmarks=points.json

settings:
  run=FOLDER           the trained run (needed)
  NAME=1, NAME=0       an attribute of the run to switch on or off
  strength=1.0         0 asks for nothing, 1 is the whole edit, above 1 overdoes it
  seed=0               which look is taken where the model knows several
  exemplar=FILE        wear what this photo shows, instead of NAME=1
  attribute=NAME       what to take from the exemplar, where the run has several attributes
  landmarks=FILE       five points for each photo (.json, .csv, .txt), to align it as the training photos were
  output=edited        the folder for the results, <photo>-<edit>.png; photos are never overwritten
  device=cpu           or cuda
  plugins=PACKAGE      your own package that the run's parts come from; several with a comma between

`facegan list models` shows which models edit, and which transfer."""

SETTINGS = Settings(
    run=None,
    output="edited",
    strength=1.0,
    seed=0,
    exemplar=None,
    attribute=None,
    landmarks=None,
    device="cpu",
    plugins=None,
)


def main(argv: list[str]) -> int:
    """Edits; 0 when something was done, 2 when nothing could be."""
    return run_job(
        Job,
        argv,
        SETTINGS,
        command="edit",
        does="Edit a photo, or a folder of photos, with a trained run.",
        examples=EXAMPLES,
    )


class Job(PhotoJob):
    """One call of the command."""

    verb, done = "editing", "edited"

    def __init__(self, editor: Editor, settings: dict[str, Any], request: dict[str, float]) -> None:
        super().__init__(editor, settings, request)
        self.worn_from = self.exemplar("exemplar")
        editor.model.require("transfer" if self.worn_from else "edit")
        if self.worn_from and request:
            raise UserError("exemplar=FILE says what to put on; leave the attributes' values out.")
        if self.worn_from:
            self.worn = editor.worn_attribute(settings["attribute"])
        else:
            editor.target(request)

    def name(self) -> str:
        """Smiling1-Young0, -x1.5 where the strength is not 1; Eyeglasses-from-friend."""
        worn = [self.worn, "from", Path(self.settings["exemplar"]).stem] if self.worn_from else []
        strength = self.settings["strength"]
        return asked_name(self.request, *worn, *([] if strength == 1 else [f"x{strength:g}"]))

    def result(self, path: Path, landmarks: Points | None) -> Image.Image:
        """The whole photo, its face edited."""
        strength = self.settings["strength"]
        if self.worn_from is None:
            return self.editor.edit(
                path, self.request, strength=strength, seed=self.settings["seed"], landmarks=landmarks
            )
        exemplar, theirs = self.worn_from
        return self.editor.transfer(
            path, exemplar, self.worn, strength=strength, landmarks=landmarks, exemplar_landmarks=theirs
        )
