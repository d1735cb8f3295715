"""The runs as `facegan leaderboard` tabulates them, pictures small enough that the page stays light."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image

from experiments.leaderboard.plan import Run
from facegan.cli.leaderboard import pictures_of
from facegan.cli.standings import read_standings
from facegan.evaluation.leaderboard.board import Board, make_board
from facegan.evaluation.leaderboard.html_page import page
from facegan.evaluation.leaderboard.writers import as_csv, markdown
from facegan.evaluation.protocols import PROTOCOLS
from facegan.evaluation.tables import ENOUGH_DB
from facegan.files import write_text

PROTOCOL = PROTOCOLS["twinfaces"].name
POOR = "Reconstruction of faces"
MOST = 1_000_000  # bytes of the page


def write_tables(planned: Sequence[Run], folder: Path) -> Board:
    """table.md, table.csv and table.html. A run without a checkpoint or a result stands in them as failed."""
    begun = [str(job.folder.root) for job in planned if job.folder.exists()]
    board = brief(make_board(read_standings(begun, PROTOCOL)))
    missing = [job.name for job in planned if not job.folder.exists()]
    never = f"\nRuns that failed before they began, and stand in no figure: {', '.join(missing)}.\n" if missing else ""
    write_text(folder / "table.md", markdown(board, {}) + never)
    write_text(folder / "table.csv", as_csv(board))
    write_text(folder / "table.html", light_page(board))
    return board


def brief(board: Board) -> Board:
    """With one note for all runs' poor reconstructions, in place of one for each, which would fill a page."""
    poor = [note for note in board.notes if note.startswith(POOR)]
    rest = [note for note in board.notes if note not in poor]
    one = [f"{len(poor)} reconstructions are below {ENOUGH_DB:.0f} dB; PSNR has a column."] if poor else []
    return replace(board, notes=(*rest, *one))


def light_page(board: Board) -> str:
    """The page, its pictures in a quality by which it stays below MOST bytes."""
    found = pictures_of(board)
    pages = (page(board, compressed(found, quality)) for quality in (85, 70, 50, 30, 10))
    return next(text for text in pages if len(text.encode()) < MOST)


def compressed(pictures: Mapping[str, bytes], quality: int) -> dict[str, bytes]:
    """The same pictures as JPEG of another quality."""
    result = {}
    for name, data in pictures.items():
        buffer = io.BytesIO()
        Image.open(io.BytesIO(data)).save(buffer, "JPEG", quality=quality, optimize=True)
        result[name] = buffer.getvalue()
    return result
