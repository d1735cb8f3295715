"""`facegan evaluate protocol=superresolution`: measures how a run makes small faces large."""

from functools import cache

import torch
from rich.console import Console

from facegan.assemble import make_source, open_model
from facegan.cli.standings import training_of
from facegan.config import compose_config
from facegan.data.source import FaceSource
from facegan.evaluation.embedders import find_embedder
from facegan.evaluation.progress import Steps
from facegan.evaluation.settings import settings_of
from facegan.evaluation.upscaling import NAME, Result, check_upscales, measure, print_result, write_result
from facegan.evaluation.values import values_file, write_values
from facegan.evaluation.witnesses import find_panel
from facegan.training.run_folder import RunFolder


def evaluate_upscaling(overrides: list[str], device: str) -> Result:
    """Measures the run that the overrides name, writes its evaluation folder and prints what came of it."""
    wish = compose_config("evaluate", [f"evaluation={NAME}", *overrides])
    folder = RunFolder(str(wish["run"]))
    model, config, _ = open_model(folder, device)
    check_upscales(model)
    settings = settings_of(wish)
    if wish["threads"]:
        torch.set_num_threads(wish["threads"])

    @cache
    def split(name: str) -> FaceSource:
        return make_source({**config, "plugins": ()}, name)

    panel = None if wish["quick"] else find_panel(split, model.attributes)
    embedder = None if wish["quick"] else find_embedder(split("test"))
    with Steps(f"measuring {folder.root.name} by protocol {NAME}") as steps:
        found = measure(model, split("test"), settings, panel=panel, embedder=embedder, tick=steps)
    witnesses = ({"panel": panel.key} if panel else {}) | ({"embedder": embedder.facts()} if embedder else {})
    result = Result(
        run=folder.root.name,
        model=type(model).__name__,
        data=split("test").name,
        image_size=model.image_size,
        scale=model.image_size // model.low,
        degradation=model.shrunk_by if split("test").low is None else "its own pairs",
        faces=max(figure.count for figure in found.figures),
        figures=found.figures,
        training=training_of(folder, config),
        witnesses=witnesses,
    )
    file = folder.evaluation / f"{NAME}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    found.grid.save(file.with_suffix(".png"))
    write_values(values_file(file), found.values)
    write_result(file, result)
    print_result(result, Console())
    print(f"picture: {file.with_suffix('.png')}\nresult: {file}")
    return result
