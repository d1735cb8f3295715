"""`facegan upscale` for models of super-resolution: pictures, folders and films of any size, whole."""

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from facegan.apps.editor import Editor
from facegan.apps.enlarging import Enlarger, map_of
from facegan.apps.layers import Layers
from facegan.cli.films import Frame, frames_of, in_time, is_film, windows
from facegan.cli.photo_job import found_photos, reported
from facegan.cli.results import Results, unused_names
from facegan.cli.words import flag, number
from facegan.errors import UserError
from facegan.models.superresolution.upscaling import Upscaling

TOGETHER = 8  # frames of a film in one go: their neighbours are looked at once and not again for each


class EnlargingJob:
    """One call of the command. Raises UserError, before any picture is read, for a request of no use."""

    def __init__(self, editor: Editor, model: Upscaling, settings: dict[str, Any], request: dict[str, float]) -> None:
        editor.guides(request, settings["like"])
        if settings["landmarks"]:
            raise UserError(f"{type(model).__name__} makes whole pictures large and aligns none; leave landmarks out.")
        self.model, self.output = model, Path(settings["output"])
        self.invention, mapped = number("invention", settings["invention"]), flag("map", settings["map"])
        self.enlarger = Enlarger(
            model, device=editor.device, invention=self.invention, mapped=mapped, side=settings["tile"]
        )
        self.failed: dict[str, str] = {}
        self.kept = 0
        self.bar = Progress(console=Console(stderr=True), transient=True)

    def name(self) -> str:
        """4x, 4x-invention0.5."""
        dial = self.enlarger.invention
        return f"{self.model.scale}x" + ("" if dial is None else f"-invention{dial:g}")

    def run(self, paths: Sequence[str]) -> int:
        """Does what can be done and lists the rest; what an earlier call made is left as it is."""
        frames, count = self._frames(list(found_photos(paths, self.output, self.failed)))
        results = Results()
        with self.bar:
            task = self.bar.add_task("upscaling", total=count)
            for row in self._rows(frames):
                self._make(row, results, task)
        if self.kept:
            said = f"{self.kept} pictures of an earlier call are left as they are in {self.output}"
            print(f"facegan: {said}; output=FOLDER makes them elsewhere.", file=sys.stderr)
            if not results.done and not self.failed:
                return 0
        return reported(results, self.failed, done="upscaled", output=self.output)

    def _frames(self, photos: list[tuple[str, Path]]) -> tuple[Iterator[Frame], int | None]:
        """All pictures, and how many; films in files are not counted before they are read."""
        names, paths = [name for name, _ in photos], [path for _, path in photos]
        targets = unused_names(names, self.name(), self.output, paths)
        films = {number for number, path in enumerate(paths) if is_film(path)}
        order = in_time(photos) if self.model.frames else [(number, 0) for number in range(len(photos))]

        def all_() -> Iterator[Frame]:
            for place, film in order:
                if place not in films:
                    yield Frame(source=paths[place], target=targets[place], film=film)
            for place in films:
                folder = targets[place].with_name(targets[place].name.removesuffix(".png"))
                try:
                    yield from frames_of(paths[place], folder, film=len(photos) + place)
                except UserError as error:
                    self.failed[str(paths[place])] = str(error)

        return all_(), None if films else len(photos)

    def _rows(self, frames: Iterator[Frame]) -> Iterator[Iterator[tuple[Frame, Layers]]]:
        """Pictures that may be shown with each other: of one film and size, none missing between them."""
        for _, row in groupby(self._read(frames), key=lambda each: each[0]):
            yield ((frame, layers) for _, frame, layers in row)

    def _read(self, frames: Iterator[Frame]) -> Iterator[tuple[tuple[object, ...], Frame, Layers]]:
        breaks = 0
        for frame in frames:
            if not self.enlarger.reach and self._there(frame):
                self.kept += 1
                continue
            try:
                layers = frame.layers()
            except UserError as error:
                self.failed[str(frame.source)] = str(error).removeprefix(f"{frame.source}: ")
                breaks += 1
                continue
            yield (frame.film, breaks, layers.size), frame, layers

    def _there(self, frame: Frame) -> bool:
        return frame.target.exists() and (not self.enlarger.mapped or map_of(frame.target).exists())

    def _make(self, row: Iterator[tuple[Frame, Layers]], results: Results, task: Any) -> None:
        size, reach = (TOGETHER, self.enlarger.reach) if self.enlarger.reach else (1, 0)
        for found, before, after in windows(row, size=size, reach=reach):
            wanted = [frame for frame, _ in found[before : len(found) - after]]
            done = self.bar.tasks[task].completed

            def tick(pieces: int, total: int, done: float = done, count: int = len(wanted)) -> None:
                self.bar.update(task, completed=done + count * pieces / total)

            if self.enlarger.reach and all(map(self._there, wanted)):
                self.kept += len(wanted)
                tick(1, 1)
                continue
            targets = [frame.target for frame in wanted]
            self.enlarger.save([each for _, each in found], targets, before=before, after=after, tick=tick)
            results.done += targets
