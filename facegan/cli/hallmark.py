"""`facegan hallmark`: trains a system small, and checks what its paper lives by."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console

from facegan.cli.markdown import replace_made
from facegan.cli.train import said, train
from facegan.errors import UserError
from facegan.hallmarks.page import BEGIN, collect, page
from facegan.hallmarks.plan import compose_hallmark, hallmark_names, read_plan
from facegan.hallmarks.table import print_result
from facegan.hallmarks.trial import Trial
from facegan.training.engine import InterruptedRunError
from facegan.training.meter import TrainingBrokeError

EXAMPLES = """examples:
  facegan hallmark fader                             train the small Fader, check its claim
  facegan hallmark fader broken=strength_ignored     is a broken one noticed?
  facegan hallmark fader broken=all                  each of its broken variants in turn
  facegan hallmark genegan hallmark.check.faces=64   a quick look
  facegan hallmark genegan "train=['trainer.images=20000']" run=runs/short
  facegan hallmark --all                             every system; what is done already is skipped
  facegan hallmark --all broken=all                  and every broken variant
  facegan hallmark --collect docs/hallmarks          keep the results of runs/ for the documentation
  facegan hallmark --markdown docs/models.md         bring the page up to date from them

Written into the run folder: hallmark.json (figures, thresholds, seed, cost), hallmark.png. A call that was
interrupted goes on where it stopped; where training is done it only checks again.
Exit code: 0 when every threshold is passed, 1 when one fails, 2 for bad input."""

INTERRUPTED = 130


def main(argv: list[str]) -> int:
    """Trains and checks; 0 when all is as it must be, 1 when something fails."""
    parser = argparse.ArgumentParser(
        prog="facegan hallmark", description="Check the claim that a system's paper lives by.",
        epilog=f"systems: {', '.join(hallmark_names())}\n\n{EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument(
        "words", nargs="*", metavar="MODEL | KEY=VALUE", help="a system, overrides of conf/hallmark.yaml"
    )
    parser.add_argument("--all", action="store_true", help="every system; what is done already is skipped")
    parser.add_argument("--collect", metavar="FOLDER", help="copy results and pictures of runs/ there")
    parser.add_argument("--markdown", metavar="FILE", help="write the results beside FILE between its markers")
    chosen = parser.parse_intermixed_args(argv)
    if chosen.collect:
        print("\n".join(str(path) for path in collect(Path("runs"), Path(chosen.collect))))
    if chosen.markdown:
        write_page(Path(chosen.markdown))
    if chosen.collect or chosen.markdown:
        return 0
    overrides = [word for word in chosen.words if "=" in word]
    models = systems([word for word in chosen.words if "=" not in word], every=chosen.all)
    return worst(check(model, one, skip=chosen.all) for model in models for one in variants(model, overrides))


def systems(named: Sequence[str], *, every: bool) -> Sequence[str]:
    """The systems that are asked for. Raises UserError for none, and for names beside --all."""
    if every == bool(named):
        raise UserError(f"which system? Name one, or --all: {', '.join(hallmark_names())}.")
    return hallmark_names() if every else named


def variants(model: str, overrides: list[str]) -> list[list[str]]:
    """The overrides of each trial: one, or one for each broken variant where all of them are wanted."""
    if "broken=all" not in overrides:
        return [overrides]
    rest = [word for word in overrides if word != "broken=all"]
    plan = read_plan(model, compose_hallmark(model, tuple(rest))["hallmark"])
    return [[*rest, f"broken={name}"] for name in plan.broken]


def screen() -> Console:
    """As wide as the terminal, and wide enough for the tables where there is none."""
    console = Console()
    return console if console.is_terminal else Console(width=160)


def worst(codes: Iterable[int]) -> int:
    """The highest exit code; a trial that fails does not keep the next from being made, an interruption does."""
    highest = 0
    for code in codes:
        highest = max(highest, code)
        if code == INTERRUPTED:
            break
    return highest


def check(model: str, overrides: list[str], *, skip: bool) -> int:
    """One trial. skip: leaves out what is done already. Returns 1 where it is not as it must be."""
    trial = Trial(model, overrides)
    result = trial.done() if skip else None
    if result is None:
        try:
            trial.train(train)
        except (TrainingBrokeError, InterruptedRunError) as error:
            print(f"facegan: {said(error, trial.folder)}", file=sys.stderr)
            return INTERRUPTED if isinstance(error, InterruptedRunError) else 1
        result = trial.check()
    print_result(result, screen())
    print(f"result: {trial.result_file}\npicture: {trial.picture_file}")
    return 0 if result.passed else 1


def write_page(path: Path) -> None:
    """Puts what the documentation's results say between the markers of its page."""
    made = page(path.parent / "hallmarks")
    path.write_text(replace_made(path, made, begin=BEGIN), encoding="utf-8")
