"""`facegan train`: a run, or a sweep of runs, from Hydra overrides."""

import argparse
import functools
import hashlib
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException
from hydra.types import RunMode
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from facegan.assemble import make_engine, make_source
from facegan.cli.hooks import make_hooks
from facegan.config import conf_dir, one_line, plain
from facegan.data.combinations import warnings
from facegan.data.source import FaceSource
from facegan.errors import UserError
from facegan.files import write_whole
from facegan.training.engine import InterruptedRunError
from facegan.training.meter import TrainingBrokeError
from facegan.training.run_folder import RunFolder

EXAMPLES = """examples:
  facegan train experiment=quickstart                       the quick start
  facegan train model=fader_quickstart attributes=[Smiling]  another model
  facegan train experiment=genegan_celeba_eyeglasses data.root=PATH run=runs/mine
  facegan train ... loss/adversarial=hinge encoder=residual  swap a loss, a part
  facegan train ... trainer.images=2000000 seed=1            length and seed
  facegan train -m model=genegan_quickstart,fader_quickstart seed=0,1   a sweep

A run that was stopped goes on when the same command is given again (resume=auto).
`facegan list models`, `... parts`, `... losses`, `... experiments` show what there is to choose from."""

LONGEST = 160  # bytes of a run folder's name; file systems take 255, and paths among the overrides can be longer
# Overrides that do not decide what a run computes stay out of its folder's name.
UNNAMED = re.compile(r"^(run|resume|logger|hydra|trainer\.(images|threads|checkpoint_seconds)|seed|model|experiment)\b")


def main(argv: list[str]) -> int:
    """Trains; 0 when all went well, 1 when a run broke, 130 when it was interrupted."""
    parser = argparse.ArgumentParser(
        prog="facegan train", description="Train a model into a run folder.", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE", help="Hydra overrides of conf/train.yaml")
    parser.add_argument("-m", "--multirun", action="store_true", help="a sweep: every combination of comma lists")
    parser.add_argument("--cfg", choices=["job"], help="print the composed config and stop")
    chosen = parser.parse_intermixed_args(argv)
    flags = ["--multirun"] * chosen.multirun + (["--cfg", chosen.cfg] if chosen.cfg else [])
    return _through_hydra([*flags, *chosen.overrides])


def _through_hydra(arguments: Sequence[str]) -> int:
    os.environ["HYDRA_FULL_ERROR"] = "1"
    before, sys.argv = sys.argv, ["facegan train", *arguments]
    failed: list[Exception] = []
    try:
        job = functools.partial(_job, failed=failed)
        hydra.main(version_base="1.3", config_path=str(conf_dir()), config_name="train")(job)()
        if failed:
            raise failed[0]
    except (HydraException, OmegaConfBaseException) as error:
        raise UserError(one_line(error)) from error
    except TrainingBrokeError:
        return 1
    except InterruptedRunError:
        return 130
    finally:
        sys.argv = before
    return 0


def _job(config: DictConfig, *, failed: list[Exception]) -> float | None:
    """One run. Its message is printed here, since a sweep goes on to the next and reports only the first at its end.

    A single run's error waits in `failed`: Hydra would print a line of its own for one that passes through it.
    """
    settings = plain(config)
    if HydraConfig.get().mode == RunMode.MULTIRUN and settings["logger"]["group"] is None:
        settings["logger"]["group"] = f"sweep-{Path(HydraConfig.get().sweep.dir).name}"
    folder = RunFolder(settings["run"] or default_run(settings))
    try:
        return train(settings, folder)
    except (UserError, TrainingBrokeError, InterruptedRunError) as error:
        sweep = HydraConfig.get().mode == RunMode.MULTIRUN
        print(
            f"facegan: {folder.root}: {said(error, folder)}" if sweep else f"facegan: {said(error, folder)}",
            file=sys.stderr,
        )
        error.shown = True  # type: ignore[union-attr]
        if sweep:
            raise
        failed.append(error)
        return None


def said(error: Exception, folder: RunFolder) -> str:
    """What a run that ended early says of itself, in a line."""
    text = " ".join(str(error).split())
    if isinstance(error, InterruptedRunError):
        return f"stopped; its checkpoint is written. Go on with the same command, or use it: run={folder.root}"
    broke = isinstance(error, TrainingBrokeError)
    return f"{text}; the last good checkpoint is kept in {folder.root}" if broke else text


def train(config: dict[str, Any], folder: RunFolder) -> float:
    """Trains one run to its end and returns its best validation score, -inf without validation."""
    config = {**config, "run": str(folder.root)}
    source = make_source(config, "train")
    hooks = make_hooks(config)
    engine = make_engine(config, folder, source=source, hooks=hooks)
    if engine.fabric.is_global_zero:
        warn(config, source)
    failed = True
    try:
        engine.fit()
        failed = False
        folder.broke.unlink(missing_ok=True)
        engine.tracker.checkpoint(folder.checkpoint())
    except TrainingBrokeError as error:
        write_whole(folder.broke, f"{error}\n".encode())
        raise
    finally:
        engine.tracker.finish(failed=failed)
    print(f"run folder: {folder.root}\nlatest pictures: {newest(folder.samples)}")
    return engine.best


def warn(config: dict[str, Any], source: FaceSource) -> None:
    """Says which combinations of attributes no face shows, and what decorrelation costs."""
    wish = config["decorrelate"]
    for line in warnings(source, config["attributes"], wish["draws"] or wish["weights"] or ()):
        print(f"facegan: {line}", file=sys.stderr)


def newest(samples: Path) -> str:
    """The latest picture of a run."""
    return max((str(path) for path in samples.glob("*.png")), default="none")


def default_run(config: dict[str, Any]) -> Path:
    """runs/<experiment or model>[-<overrides>]-s<seed>: the same command finds its run again."""
    state = HydraConfig.get()
    base = state.runtime.choices.get("experiment") or state.runtime.choices["model"]
    if state.runtime.choices.get("experiment") and any(o.startswith("model=") for o in state.overrides.task):
        base = f"{base}-{state.runtime.choices['model']}"
    rest = [o for o in state.overrides.task if not UNNAMED.match(o.lstrip("+~"))]
    words = [
        re.sub(r"[^\w=.,-]+", "_", o.lstrip("+~").split("=")[0].split(".")[-1] + "=" + o.partition("=")[2])
        for o in rest
    ]
    return Path("runs") / f"{_short('-'.join([str(base), *words]))}-s{config['seed']}"


def _short(name: str) -> str:
    return name if len(name.encode()) <= LONGEST else f"{name[:60]}-{hashlib.sha256(name.encode()).hexdigest()[:10]}"
