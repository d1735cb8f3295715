"""`facegan edit`: photos, by path, with attributes switched on or off."""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from rich.console import Console
from rich.progress import track

import facegan
from facegan.apps.editor import Editor
from facegan.apps.photo import open_photo
from facegan.cli.words import Settings, split_words
from facegan.data.landmarks import read_landmarks
from facegan.data.photos import list_images
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

`facegan list models` shows which models edit, and which transfer."""

SETTINGS = Settings(
    run=None, output="edited", strength=1.0, seed=0, exemplar=None, attribute=None, landmarks=None, device="cpu"
)


def main(argv: list[str]) -> int:
    """Edits; 0 when something was edited, 2 when nothing could be."""
    parser = argparse.ArgumentParser(
        prog="facegan edit", description="Edit a photo, or a folder of photos, with a trained run.", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("words", nargs="+", metavar="PHOTO | NAME=1 | KEY=VALUE", help="see below")
    words = split_words(parser.parse_args(argv).words, SETTINGS)
    if words.settings["run"] is None:
        raise UserError("which run? Give run=FOLDER, such as run=runs/quickstart-s0.")
    if not words.bare:
        raise UserError("which photo? Give the path of a photo or of a folder of them.")
    editor = facegan.load(words.settings["run"], device=words.settings["device"])
    return Job(editor, words.settings, words.others).run(words.bare)


class Job:
    """One call of the command. Raises UserError for attributes, an exemplar or landmarks of no use."""

    def __init__(self, editor: Editor, settings: dict[str, Any], request: dict[str, float]) -> None:
        self.editor, self.settings, self.request = editor, settings, request
        self.output = Path(settings["output"])
        self.points = read_landmarks(Path(settings["landmarks"])) if settings["landmarks"] else {}
        self.failed: dict[str, str] = {}
        self.exemplar = open_photo(Path(settings["exemplar"])) if settings["exemplar"] else None
        editor.model.require("transfer" if self.exemplar else "edit")
        if self.exemplar and request:
            raise UserError("exemplar=FILE says what to put on; leave the attributes' values out.")
        if self.exemplar:
            self.worn = editor.worn_attribute(settings["attribute"])
        else:
            editor.target(request)
        if self.points and editor.framing.template is None:
            print("facegan: this run's faces were not aligned, so the landmarks are not used.", file=sys.stderr)

    def run(self, paths: Sequence[str]) -> int:
        """Edits what can be edited and lists the rest, by name and reason."""
        photos = list(self._photos(paths))
        names = unused_names([name for name, _ in photos], self.edit_name(), self.output, [path for _, path in photos])
        bar = track(
            zip(photos, names, strict=True), "editing", total=len(photos), console=Console(stderr=True),
            transient=True, disable=len(photos) < 2,
        )  # fmt: skip
        done = [target for (name, path), target in bar if self._edit(name, path, target)]
        return self._report(done)

    def edit_name(self) -> str:
        """What stands behind a photo's name: Smiling1-Young0, -x1.5 where the strength is not 1."""
        parts = [f"{name}{value:g}" for name, value in self.request.items()]
        if self.exemplar:
            parts = [self.worn, "from", Path(self.settings["exemplar"]).stem]
        strength = self.settings["strength"]
        return re.sub(r"[^\w.-]+", "_", "-".join([*parts, *([] if strength == 1 else [f"x{strength:g}"])]))

    def _photos(self, paths: Sequence[str]) -> Iterator[tuple[str, Path]]:
        """Each photo's name below the folder that was asked for, and its path."""
        for path in map(Path, paths):
            if not path.is_dir():
                yield path.name, path
                continue
            try:
                files = [(name, path / name) for name in list_images(path)]
            except UserError as error:
                self.failed[str(path)] = str(error)
                continue
            # Results of an earlier call may lie inside the folder; they are no photos of it.
            inside = self.output.resolve() != path.resolve()
            yield from (
                (n, file) for n, file in files if not (inside and file.resolve().is_relative_to(self.output.resolve()))
            )

    def _edit(self, name: str, path: Path, target: Path) -> bool:
        try:
            picture = self._edited(name, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            picture.save(target)
        except (UserError, OSError) as error:
            self.failed[str(path)] = str(error).removeprefix(f"{path}: ")
            return False
        return True

    def _edited(self, name: str, path: Path) -> Image.Image:
        settings, landmarks = self.settings, self.points.get(name, self.points.get(path.name))
        if self.points and landmarks is None and path.is_file():
            raise UserError(f"no landmarks for it in {settings['landmarks']}.")
        if self.exemplar:
            return self.editor.transfer(
                path, self.exemplar, self.worn, strength=settings["strength"], landmarks=landmarks,
                exemplar_landmarks=self.points.get(Path(settings["exemplar"]).name),
            )  # fmt: skip
        return self.editor.edit(
            path, self.request, strength=settings["strength"], seed=settings["seed"], landmarks=landmarks
        )

    def _report(self, done: Sequence[Path]) -> int:
        reasons = [f"{path}: {reason}" for path, reason in self.failed.items()]
        if not done and len(reasons) == 1:
            raise UserError(f"nothing was edited: {reasons[0]}")
        if reasons:
            print("\n".join(["facegan: could not be edited:", *(f"  {line}" for line in reasons)]), file=sys.stderr)
        if done:
            print(done[0] if len(done) == 1 else f"{len(done)} edited photos: {self.output}")
        return 0 if done else 2


def unused_names(names: Sequence[str], edit: str, output: Path, sources: Sequence[Path]) -> list[Path]:
    """A file below the output folder for each photo, none of them twice and none of them a photo itself."""
    taken = {source.resolve() for source in sources}
    chosen = []
    for name in map(Path, names):
        ways = [name.stem, name.name, *(f"{name.name}-{number}" for number in range(2, len(names) + len(sources) + 2))]
        files = (output / name.parent / f"{way}-{edit}.png" for way in ways)
        chosen.append(next(file for file in files if file.resolve() not in taken))
        taken.add(chosen[-1].resolve())
    return chosen
