"""`facegan leaderboard`: one table of many evaluations, with intervals and pictures."""

import argparse
import io
import re
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from PIL import Image

from facegan.cli.standings import read_standings
from facegan.cli.words import Settings, split_words
from facegan.errors import UserError
from facegan.evaluation.leaderboard.board import Board, make_board
from facegan.evaluation.leaderboard.html_page import page
from facegan.evaluation.leaderboard.words import PICTURES
from facegan.evaluation.leaderboard.writers import COLUMNS, as_csv, markdown, rows
from facegan.evaluation.measures import ABOUT
from facegan.files import write_text, write_whole
from facegan.training.run_folder import RunFolder
from facegan.training.tracking import Mode, WandbTracker

EXAMPLES = """examples:
  facegan leaderboard runs/*                        every run of a folder, and every folder of edits with an entry
  facegan leaderboard runs/* theirs out=table       with an entry from elsewhere, written to table/
  facegan leaderboard runs/* protocol=photos        where folders were measured by several protocols
  facegan leaderboard runs/srgan-s* runs/srresnet-s* protocol=superresolution    how small faces are made large
  facegan leaderboard runs/* logger=offline         to wandb as well

settings:
  out=leaderboard      the folder for leaderboard.md, leaderboard.csv, leaderboard.html and pictures/
  protocol=NAME        by default the only one that the folders were measured by
  measures=NAME,NAME   the columns; by default all
  logger=disabled      or offline, online: the table to wandb as well
  project=facegan      of wandb

Each folder must have been measured: facegan evaluate run=FOLDER. Runs that differ in nothing but their seed are one
row. Runs without a result are counted and named. Results of different protocols, versions, judges, image sizes, scales,
degradations or faces never share a table."""

SETTINGS = Settings(out="leaderboard", protocol=None, measures=None, logger="disabled", project="facegan")
LOGGERS = ("disabled", "offline", "online")
WIDEST = 1200  # pixels of a picture
QUALITY = 88


def main(argv: list[str]) -> int:
    """Writes the table; 0 when all went well."""
    parser = argparse.ArgumentParser(
        prog="facegan leaderboard", description="One table of many evaluations.", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("words", nargs="+", metavar="FOLDER | KEY=VALUE", help="see below")
    words = split_words(parser.parse_args(argv).words, SETTINGS)
    if words.others:
        raise UserError(f"{next(iter(words.others))}: no such setting; there are: {', '.join(SETTINGS)}.")
    if not words.bare:
        raise UserError("which runs? Name their folders: facegan leaderboard runs/*")
    if words.settings["logger"] not in LOGGERS:
        raise UserError(f"logger={words.settings['logger']}: choose {', '.join(LOGGERS)}.")
    columns = tuple(words.settings["measures"].split(",")) if words.settings["measures"] else tuple(ABOUT)
    board = make_board(read_standings(words.bare, words.settings["protocol"]), columns)
    write(Path(words.settings["out"]), board, words.settings)
    return 0


def write(out: Path, board: Board, settings: Mapping[str, Any]) -> None:
    """The files, and where they lie."""
    pictures = pictures_of(board)
    files = {name: f"pictures/{re.sub(r'[^A-Za-z0-9_.-]+', '_', name)}.jpg" for name in pictures}
    for name, file in files.items():
        write_whole(out / file, pictures[name])
    text = markdown(board, files)
    write_text(out / "leaderboard.csv", as_csv(board))
    write_text(out / "leaderboard.html", page(board, pictures))
    write_text(out / "leaderboard.md", text)
    if settings["logger"] != "disabled":
        log(out, board, pictures, settings)
    print(text.split(f"## {PICTURES}")[0].rstrip())
    print("\n" + "\n".join(f"{kind}: {out / f'leaderboard.{kind}'}" for kind in ("md", "csv", "html")))


def pictures_of(board: Board) -> dict[str, bytes]:
    """By system, what its first run makes of the first faces, as JPEG."""
    found = {}
    for system in board.systems:
        path = next((run.picture for run in system.runs if run.picture), None)
        if path is None:
            continue
        with Image.open(path) as picture:
            small = picture.convert("RGB")
            small.thumbnail((WIDEST, 100 * WIDEST))
        buffer = io.BytesIO()
        small.save(buffer, "JPEG", quality=QUALITY)
        found[system.name] = buffer.getvalue()
    return found


def log(out: Path, board: Board, pictures: Mapping[str, bytes], settings: Mapping[str, Any]) -> None:
    """The rows as a wandb Table, the pictures of each system beside its figures."""
    shown = {name: Image.open(io.BytesIO(data)) for name, data in pictures.items()}
    table = [[*(row.get(column) for column in COLUMNS), shown.get(row["system"])] for row in rows(board)]
    tracker = WandbTracker(
        folder=RunFolder(out), config={}, id=uuid.uuid4().hex[:8], project=settings["project"],
        mode=cast(Mode, settings["logger"]),
    )  # fmt: skip
    tracker.table("leaderboard", [*COLUMNS, "pictures"], table, images=0)
    tracker.finish(failed=False)
