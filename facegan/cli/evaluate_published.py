"""`facegan evaluate protocol=attgan_accuracy` and the like: measures a run as a paper, or its code, did."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache

import torch
from rich.console import Console

from facegan.assemble import make_source, open_model
from facegan.cli.photographs import faces_for
from facegan.cli.standings import training_of
from facegan.config import compose_config
from facegan.data.source import FaceSource
from facegan.errors import UserError
from facegan.evaluation.progress import Steps
from facegan.evaluation.published.named import PUBLISHED, published_of
from facegan.evaluation.published.protocol import Result, print_result, write_result
from facegan.evaluation.settings import OPTIMISED_FACES
from facegan.training.run_folder import RunFolder


def published_name(overrides: Sequence[str]) -> str | None:
    """The published protocol that KEY=VALUE words name; None where they name another, or none.

    Asked before the words meet a config, since each protocol has settings of its own.
    """
    named = [word.partition("=")[2].strip("'\"") for word in overrides if word.partition("=")[0] == "protocol"]
    return named[-1] if named and named[-1] in PUBLISHED else None


def evaluate_published(name: str, overrides: Sequence[str], device_of: Callable[[str], str]) -> Result:
    """Measures the run that the overrides name, writes its result and prints what came of it.

    device_of: from the device that was asked for. Raises UserError for edits from elsewhere, which answer other
    requests.
    """
    wish = compose_config("evaluate", [f"evaluation={name}", *overrides])
    if not wish["run"] or wish["edits"] or wish["manifest"]:
        raise UserError(f"{name} asks a model: facegan evaluate run=FOLDER protocol={name}")
    folder = RunFolder(str(wish["run"]))
    model, config, _ = open_model(folder, device_of(wish["device"]), plugins=wish["plugins"])
    if model.optimises and not any(word.startswith("faces=") for word in overrides):
        wish["faces"] = OPTIMISED_FACES
    protocol = published_of(name, wish)
    protocol.check(model)  # before anything is trained for nothing
    if wish["threads"]:
        torch.set_num_threads(wish["threads"])
    data = faces_for(protocol, config["data"], wish.get("data"), image_size=model.image_size)

    @cache
    def split(part: str) -> FaceSource:
        return make_source({"data": data, "plugins": wish["plugins"]}, part)

    with Steps(f"measuring {folder.root.name} by published protocol {name}") as steps:
        found = protocol.measure(model, split, tick=steps)
    result = Result(
        protocol=name,
        version=protocol.version,
        source=protocol.source,
        run=folder.root.name,
        model=type(model).__name__,
        data=split("test").name,
        image_size=model.image_size,
        settings=asdict(protocol),
        figures=found.figures,
        deviations=found.deviations,
        training=training_of(folder, config),
        details=found.details,
    )
    file = folder.evaluation / f"{name}.json"
    write_result(file, result)
    print_result(result, protocol, Console())
    print(f"result: {file}")
    return result
