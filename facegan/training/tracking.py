"""Where a run's numbers and pictures go: always to the run folder, and to wandb where it is asked for."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

from PIL.Image import Image

from facegan.files import write_whole
from facegan.training.run_folder import RunFolder, append_line

Mode = Literal["online", "offline", "disabled"]


class Tracker(Protocol):
    """What the engine tells of a run. `images` is the clock: training faces drawn."""

    def log(self, values: Mapping[str, float], images: int) -> None:
        """Numbers by name."""

    def picture(self, name: str, picture: Image, images: int) -> None:
        """A picture, such as a grid of samples."""

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], images: int) -> None:
        """A table whose cells may be pictures."""

    def checkpoint(self, path: Path) -> None:
        """The finished run's checkpoint."""

    def finish(self, *, failed: bool) -> None:
        """The run is over."""


class FolderTracker:
    """metrics.jsonl and samples/ in the run folder: the truth, whatever else listens."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder

    def log(self, values: Mapping[str, float], images: int) -> None:
        """One line of metrics."""
        append_line(self.folder.metrics, {"images": images, **values})

    def picture(self, name: str, picture: Image, images: int) -> None:
        """One PNG, named by the clock."""
        content = io.BytesIO()
        picture.save(content, "PNG")
        write_whole(self.folder.samples / f"{name}-{images:09d}.png", content.getvalue())

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], images: int) -> None:
        """Tables are for dashboards; their pictures and numbers are in the folder already."""

    def checkpoint(self, path: Path) -> None:
        """The folder has it already."""

    def finish(self, *, failed: bool) -> None:
        """Nothing is left open."""


class WandbTracker:
    """One wandb run, offline unless told otherwise, so that nobody is ever asked to log in.

    id: the run's own, kept in the checkpoint, so that a resumed run goes on under the same name. group: the sweep.
    """

    def __init__(
        self,
        *,
        folder: RunFolder,
        config: Mapping[str, Any],
        id: str,
        project: str = "facegan",
        mode: Mode = "offline",
        group: str | None = None,
        tags: Sequence[str] = (),
    ) -> None:
        import wandb

        self._wandb = wandb
        # create_new: with the default, a second run of the same process would silently go on in the first.
        self._run = wandb.init(
            project=project, dir=str(folder.root), config=dict(config), id=id, resume="allow", mode=mode, group=group,
            tags=list(tags), name=folder.root.name, job_type="train", reinit="create_new",
            settings=wandb.Settings(silent=True),
        )  # fmt: skip
        self._run.define_metric("images")
        self._run.define_metric("*", step_metric="images")

    def log(self, values: Mapping[str, float], images: int) -> None:
        """One point of history."""
        self._run.log({"images": images, **values})

    def picture(self, name: str, picture: Image, images: int) -> None:
        """One sample grid."""
        self._run.log({"images": images, name: self._wandb.Image(picture)})

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], images: int) -> None:
        """One table; PIL pictures in it become wandb images."""
        cells = [[self._wandb.Image(cell) if isinstance(cell, Image) else cell for cell in row] for row in rows]
        self._run.log({"images": images, name: self._wandb.Table(columns=list(columns), data=cells)})

    def checkpoint(self, path: Path) -> None:
        """The checkpoint as an artifact of this run."""
        artifact = self._wandb.Artifact(f"{self._run.id}-checkpoint", type="model")
        artifact.add_file(str(path), name=path.name)
        self._run.log_artifact(artifact)

    def finish(self, *, failed: bool) -> None:
        """Closes the run, as failed where it failed."""
        self._run.finish(exit_code=int(failed))


class Trackers:
    """Several trackers as one."""

    def __init__(self, trackers: Sequence[Tracker]) -> None:
        self._all = list(trackers)

    def log(self, values: Mapping[str, float], images: int) -> None:
        """To each of them."""
        for tracker in self._all:
            tracker.log(values, images)

    def picture(self, name: str, picture: Image, images: int) -> None:
        """To each of them."""
        for tracker in self._all:
            tracker.picture(name, picture, images)

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], images: int) -> None:
        """To each of them."""
        for tracker in self._all:
            tracker.table(name, columns, rows, images)

    def checkpoint(self, path: Path) -> None:
        """To each of them."""
        for tracker in self._all:
            tracker.checkpoint(path)

    def finish(self, *, failed: bool) -> None:
        """To each of them."""
        for tracker in self._all:
            tracker.finish(failed=failed)
