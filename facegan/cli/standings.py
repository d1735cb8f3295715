"""Folders as a leaderboard takes them: what was trained, what came of it, and what failed."""

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from facegan.assemble import FREE, leaves
from facegan.config import Config, read_yaml
from facegan.errors import UserError
from facegan.evaluation.entries.entry import ENTRY, read_entry
from facegan.evaluation.leaderboard.standing import Standing
from facegan.evaluation.protocols import PROTOCOLS
from facegan.evaluation.published.named import PUBLISHED
from facegan.evaluation.result_file import read_result
from facegan.evaluation.upscaling import NAME as SUPERRESOLUTION
from facegan.evaluation.values import read_values, values_file
from facegan.training.checkpoint import read_checkpoint
from facegan.training.run_folder import RunFolder

NAMES = (*PROTOCOLS, SUPERRESOLUTION)

# What does not make another system: the seed, who watches, where the data lies, and how fast it goes.
ASIDE = {"seed", "trainer.threads", "data.root", *(key for key in FREE if key != "trainer.images")}


def training_of(folder: RunFolder, config: Config) -> dict[str, Any]:
    """What made a run: `system`, equal for the seeds of one system; its seed; the training faces that it has seen."""
    clocks = read_checkpoint(folder.last)[1].get("clocks", {}) if folder.last.is_file() else {}
    return {"system": system_key(config), "seed": config.get("seed", 0), "images": clocks.get("images")}


def system_key(config: Config) -> str:
    """A hash of all that decides what a run learns, but for its seed and that of the run that it goes on with."""
    made_of = [
        (key, _seedless(value) if key == "init_from.run" else value)
        for key, value in leaves(config)
        if not any(key == aside or key.startswith(f"{aside}.") for aside in ASIDE) and not key.endswith("_every")
    ]
    return hashlib.sha256(json.dumps(sorted(made_of, key=lambda leaf: leaf[0])).encode()).hexdigest()[:16]


def read_standings(folders: Sequence[str], protocol: str | None) -> list[Standing]:
    """All of them by one protocol, the only one that they have been measured by unless it is named.

    Raises UserError for a folder that is none of a run or of an entry, and where the protocol must be named.
    """
    if protocol in PUBLISHED:
        raise UserError(
            f"{protocol} is a published protocol, whose figures stand beside no others: read "
            f"evaluation/{protocol}.json of each folder; a leaderboard has one of {', '.join(NAMES)}."
        )
    if unknown := [name for name in (protocol,) if name is not None and name not in NAMES]:
        raise UserError(f"unknown protocol {unknown[0]!r}; there are: {', '.join(NAMES)}.")
    found = {folder: results_in(Path(folder)) for folder in folders}
    several = {folder: names for folder, names in found.items() if len(names) > 1}
    if protocol is None and several:
        folder, names = next(iter(several.items()))
        raise UserError(f"{folder} was measured by {' and '.join(names)}; choose one: protocol={names[0]}")
    return [_standing(folder, protocol or next(iter(names), None)) for folder, names in found.items()]


def results_in(folder: Path) -> list[str]:
    """The protocols by which a folder was measured. Raises UserError for a folder of another kind."""
    if not (RunFolder(folder).exists() or (folder / ENTRY).is_file()):
        raise UserError(f"{folder} is no run folder and no folder of edits with an {ENTRY}.")
    return [name for name in NAMES if (folder / "evaluation" / f"{name}.json").is_file()]


def _standing(folder: str, protocol: str | None) -> Standing:
    root = Path(folder)
    facts = _facts_of_entry(root) if (root / ENTRY).is_file() else _facts_of_run(RunFolder(root))
    path = root / "evaluation" / f"{protocol}.json"
    if not facts["failure"] and not path.is_file():
        facts["failure"] = f"no result of {protocol}" if protocol else _unmeasured(root)
    if facts["failure"]:
        return Standing(folder=folder, **facts)
    picture = path.with_suffix(".png") if protocol == SUPERRESOLUTION else path.parent / "grid.png"
    return Standing(
        folder=folder,
        result=read_result(path),
        values=read_values(values_file(path)),
        picture=picture if picture.is_file() else None,
        **facts,
    )


def _unmeasured(root: Path) -> str:
    """Why a folder has no result that a table could show."""
    published = [name for name in PUBLISHED if (root / "evaluation" / f"{name}.json").is_file()]
    return f"no result but of {' and '.join(published)}" if published else "no result: it was never evaluated"


def _facts_of_entry(root: Path) -> dict[str, Any]:
    entry = read_entry(root)
    return {"name": entry.system, "system": f"entry {entry.system}", "seed": entry.seed, "failure": ""}


def _facts_of_run(folder: RunFolder) -> dict[str, Any]:
    config = read_yaml(folder.config)
    training = training_of(folder, config)
    broke = folder.broke.read_text(encoding="utf-8").strip() if folder.broke.is_file() else ""
    missing = "" if folder.checkpoint().is_file() else "no checkpoint"
    return {
        "name": _seedless(folder.root.resolve().name),
        **training,
        "failure": f"training broke: {broke}" if broke else missing,
    }


def _seedless(name: str | None) -> str | None:
    """The name of a run as all seeds of its system have it."""
    return name and re.sub(r"-s\d+$", "", name.rstrip("/"))
