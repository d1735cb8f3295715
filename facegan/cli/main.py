"""The `facegan` command: finds the subcommand, and answers a user's mistake with one line and exit code 2."""

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence

from facegan.errors import UserError

COMMANDS = {
    "train": "train a model into a run folder, or a sweep of them (-m)",
    "edit": "edit a photo, or a folder of photos, with a trained run",
    "generate": "make new faces with a trained run",
    "upscale": "make a small face, or a folder of them, large with a trained run",
    "stylize": "paint a photo, or a folder of photos, in the style of a trained run",
    "evaluate": "measure a run's edits and write a report",
    "judges": "make the judges of a data set, and print what each is worth",
    "benchmark": "freeze a protocol's requests, so that models from elsewhere can enter",
    "leaderboard": "one table of many evaluations, with intervals",
    "blind": "side-by-side choices between two runs, by people who do not know which is which",
    "hallmark": "train a system small, and check what its paper lives by",
    "data": "look at, prepare or check a data set",
    "list": "list models, parts, losses, data sets and experiments",
}


def main(argv: Sequence[str] | None = None) -> int:
    """The console entry point; returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="facegan",
        description="GAN face-attribute editing: train, edit, measure.",
        epilog="commands:\n" + "\n".join(f"  {name:12}{text}" for name, text in COMMANDS.items())
        + "\n\nfacegan COMMAND --help shows examples.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND")
    if not arguments:
        parser.print_help(sys.stderr)
        return 2
    command = parser.parse_args(arguments[:1]).command
    run: Callable[[list[str]], int] = importlib.import_module(f"facegan.cli.{command}").main
    return guarded(run, arguments[1:])


def guarded(run: Callable[[list[str]], int], arguments: list[str]) -> int:
    """Runs a command; a UserError becomes one line on stderr. FACEGAN_TRACEBACK=1 shows where it came from."""
    try:
        return run(arguments)
    except UserError as error:
        if os.environ.get("FACEGAN_TRACEBACK"):
            raise
        if not getattr(error, "shown", False):
            print(f"facegan: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
