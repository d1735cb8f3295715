"""`facegan evaluate protocol=superresolution`: measures how a run makes small faces large."""

from functools import cache

import torch
from rich.console import Console

from facegan.assemble import check_frames, check_pairs, make_source, open_model
from facegan.cli.standings import training_of
from facegan.config import compose_config
from facegan.data.source import FaceSource
from facegan.evaluation.embedders import find_embedder
from facegan.evaluation.judge_data import Splits
from facegan.evaluation.judges import Judge
from facegan.evaluation.perceptual import find_perceptual
from facegan.evaluation.progress import Steps
from facegan.evaluation.result import Result, write_json
from facegan.evaluation.settings import settings_of
from facegan.evaluation.tables import print_tables
from facegan.evaluation.upscaling import NAME, VERSION, check_truths, check_upscales, measure
from facegan.evaluation.values import values_file, write_values
from facegan.evaluation.witnesses import find_panel, panel_attributes
from facegan.training.run_folder import RunFolder

BLIND = "No attribute is labelled here that a panel could learn: nothing is said of realism."


def evaluate_upscaling(overrides: list[str], device: str) -> Result:
    """Measures the run that the overrides name, writes its evaluation folder and prints what came of it."""
    wish = compose_config("evaluate", [f"evaluation={NAME}", *overrides])
    folder = RunFolder(str(wish["run"]))
    model, config, _ = open_model(folder, device, plugins=wish["plugins"])
    check_upscales(model)
    settings, lpips = settings_of(wish), find_perceptual(wish["lpips"], wish["lpips_backbone"])
    if wish["threads"]:
        torch.set_num_threads(wish["threads"])

    named = wish.get("data")
    data = {**named, "image_size": model.image_size} if named else config["data"]

    @cache
    def split(name: str) -> FaceSource:
        return make_source({"data": data, "plugins": wish["plugins"]}, name)

    check_truths(split("test"))
    check_frames(split("test"), model)
    check_pairs(split("test"), model)
    panel = None if wish["quick"] else panel_of(split)
    embedder = None if wish["quick"] else find_embedder(split("test"))
    with Steps(f"measuring {folder.root.name} by protocol {NAME}") as steps:
        found = measure(model, split("test"), settings, panel=panel, embedder=embedder, lpips=lpips, tick=steps)
    witnesses = {"panel": panel, "embedder": embedder, "lpips": lpips}
    result = Result(
        protocol=NAME,
        version=VERSION,
        run=folder.root.name,
        model=type(model).__name__,
        training=training_of(folder, config),
        data=split("test").name,
        image_size=model.image_size,
        attributes=(),
        seed=settings.seed,
        faces=max(figure.count for figure in found.figures),
        figures=found.figures,
        warnings=() if panel or wish["quick"] else (BLIND,),
        details={**found.task, **{name: witness.facts() for name, witness in witnesses.items() if witness}},
    )
    file = folder.evaluation / f"{NAME}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    found.grid.save(file.with_suffix(".png"))
    write_values(values_file(file), found.values)
    write_json(file, result)
    print_tables(result, Console())
    print(f"picture: {file.with_suffix('.png')}\nresult: {file}")
    return result


def panel_of(split: Splits) -> Judge | None:
    """The same panel for all runs on a data set, whatever attributes they know; None where nothing is labelled."""
    source = split("test")
    known = () if panel_attributes(source, ()) else source.attributes
    return find_panel(split, known) if panel_attributes(source, known) else None
