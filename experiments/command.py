"""What the commands of experiments share: KEY=VALUE words, a clean stop, an error in one line."""

import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from facegan.errors import UserError


def run_experiment(
    argv: Sequence[str],
    *,
    name: str,
    about: str,
    scales: Mapping[str, object],
    run: Callable[..., None],
    more: Mapping[str, str] | None = None,
    choices: Mapping[str, Sequence[str]] | None = None,
) -> int:
    """`run_command` with what every experiment has: a scale, so many jobs side by side, a folder of its runs.

    more, choices: of further keys. What is finished is not done again by a second call.
    """
    defaults = {"scale": "small", "jobs": "2", "runs": f"runs/{name}", **(more or {})}
    allowed = {"scale": list(scales), **(choices or {})}
    return run_command(argv, name=name, about=about, defaults=defaults, choices=allowed, run=run)


def results_folder(scale: str, root: Path, module: str) -> Path:
    """Where results go: scale=small's, which are committed, beside `module`, others beside the runs."""
    return Path(module).parent if scale == "small" else root


def run_command(
    argv: Sequence[str],
    *,
    name: str,
    about: str,
    defaults: Mapping[str, str],
    choices: Mapping[str, Sequence[str]],
    run: Callable[..., None],
) -> int:
    """Calls `run` with the defaults overridden by KEY=VALUE words: 0, 1 for an error, 130 when stopped by the user.

    choices: the values that a key may have. `jobs`, where it is among the defaults, is a number of at least 1.
    """
    if {"--help", "-h"} & set(argv):
        print(f"{about}\n\n{_usage(name, defaults, choices)}")
        return 0
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the runs are ended, too
    try:
        run(**wishes(argv, defaults=defaults, choices=choices))
    except KeyboardInterrupt:
        print(f"{name}: stopped; the same command goes on from here.", file=sys.stderr)
        return 130
    except UserError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 1
    finally:
        signal.signal(signal.SIGTERM, before)
    return 0


def wishes(argv: Sequence[str], *, defaults: Mapping[str, str], choices: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """KEY=VALUE over the defaults. Raises UserError for what there is not."""
    given = dict(argument.partition("=")[::2] for argument in argv)
    if unknown := set(given) - set(defaults):
        raise UserError(f"{sorted(unknown)[0]}: there are {', '.join(f'{k}={v}' for k, v in defaults.items())}.")
    chosen = {**defaults, **given}
    for key, allowed in choices.items():
        if chosen[key] not in allowed:
            raise UserError(f"{key}={chosen[key]}: there are {', '.join(allowed)}.")
    if "jobs" in chosen and (not chosen["jobs"].isdigit() or int(chosen["jobs"]) < 1):
        raise UserError(f"jobs={chosen['jobs']}: how many runs are trained side by side, at least 1.")
    return chosen


def _usage(name: str, defaults: Mapping[str, str], choices: Mapping[str, Sequence[str]]) -> str:
    lines = [f"  {key}={value}  {' | '.join(choices.get(key, ()))}".rstrip() for key, value in defaults.items()]
    return "\n".join([f"python -m experiments.{name} [KEY=VALUE ...]", *lines])
