"""What commands on photographs share: photos and folders in, results by name into a folder, failures listed."""

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

from PIL import Image

import facegan
from facegan.apps.editor import Editor
from facegan.apps.photo import open_photo
from facegan.cli.results import Results, barred, unused_names
from facegan.cli.words import Settings, opted_in, parse_words
from facegan.data.landmarks import read_landmarks
from facegan.data.photos import list_images
from facegan.data.similarity import Points
from facegan.errors import UserError


class PhotoJob(ABC):
    """One call of a command on photos. Its settings have `output`, and `landmarks` where it aligns.

    Raises UserError, before any photo is looked at, for a request, an exemplar or landmarks of no use.
    """

    verb: ClassVar[str]
    done: ClassVar[str]

    def __init__(self, editor: Editor, settings: dict[str, Any], request: dict[str, float]) -> None:
        self.editor, self.settings, self.request = editor, settings, request
        self.output = Path(settings["output"])
        self.points = read_landmarks(Path(settings["landmarks"])) if settings.get("landmarks") else {}
        self.failed: dict[str, str] = {}
        if self.points and editor.framing.template is None:
            print("facegan: this run's faces were not aligned, so the landmarks are not used.", file=sys.stderr)

    @abstractmethod
    def name(self) -> str:
        """What stands behind a photo's name in the name of its result."""

    @abstractmethod
    def result(self, path: Path, landmarks: Points | None) -> Image.Image:
        """What becomes of one photo. Raises UserError."""

    def run(self, paths: Sequence[str]) -> int:
        """Does what can be done and lists the rest, by name and reason."""
        photos, results = list(found_photos(paths, self.output, self.failed)), Results()
        targets = unused_names([name for name, _ in photos], self.name(), self.output, [path for _, path in photos])
        for (name, path), target in barred(zip(photos, targets, strict=True), self.verb, len(photos)):
            try:
                results.save(self.result(path, self._landmarks(name, path)), target)
            except UserError as error:
                self.failed[str(path)] = str(error).removeprefix(f"{path}: ")
        return reported(results, self.failed, done=self.done, output=self.output)

    def exemplar(self, setting: str) -> tuple[Image.Image, Points | None] | None:
        """The photo that a setting names, and its landmarks."""
        path = self.settings[setting]
        return (open_photo(Path(path)), self.points.get(Path(path).name)) if path else None

    def _landmarks(self, name: str, path: Path) -> Points | None:
        landmarks = self.points.get(name, self.points.get(path.name))
        if self.points and landmarks is None and path.is_file():
            raise UserError(f"no landmarks for it in {self.settings['landmarks']}.")
        return landmarks


def found_photos(paths: Sequence[str], output: Path, failed: dict[str, str]) -> Iterator[tuple[str, Path]]:
    """Each photo's name below the folder that was asked for, and its path; folders without any go into `failed`."""
    for path in map(Path, paths):
        if not path.is_dir():
            yield path.name, path
            continue
        try:
            files = [(name, path / name) for name in list_images(path)]
        except UserError as error:
            failed[str(path)] = str(error)
            continue
        # Results of an earlier call may lie inside the folder; they are no photos of it.
        inside = output.resolve() != path.resolve()
        yield from ((n, file) for n, file in files if not (inside and file.resolve().is_relative_to(output.resolve())))


def reported(results: Results, failed: Mapping[str, str], *, done: str, output: Path) -> int:
    """Says what became of it: 0, or 2 where nothing was done. Raises UserError where all was one photo of no use."""
    reasons = [f"{path}: {reason}" for path, reason in failed.items()]
    if not results.done and len(reasons) == 1:
        raise UserError(f"nothing was {done}: {reasons[0]}")
    if reasons:
        listed = "\n".join(f"  {line}" for line in reasons)
        print(f"facegan: could not be {done}:\n{listed}", file=sys.stderr)
    results.report(f"{done} photos", output)
    return 0 if results.done else 2


class Runs(Protocol):
    """What is done with paths, once a run is open."""

    def run(self, paths: Sequence[str]) -> int:
        """0, or 2 where nothing was done."""
        ...


Request = dict[str, float]


def run_job(
    job: Callable[[Editor, dict[str, Any], Request], Runs],
    argv: list[str],
    settings: Settings,
    *,
    command: str,
    does: str,
    examples: str,
    metavar: str = "PHOTO | NAME=1 | KEY=VALUE",
) -> int:
    """Opens the run that a command names and does its job for the photos named. 0, or 2 where none was done."""
    words = parse_words(argv, settings, command=command, does=does, examples=examples, metavar=metavar)
    if not words.bare:
        raise UserError("which photo? Give the path of a photo or of a folder of them.")
    editor = facegan.load(words.settings["run"], device=words.settings["device"], plugins=opted_in(words.settings))
    return job(editor, words.settings, words.others).run(words.bare)
