"""`facegan evaluate`: measures a run's edits and writes a report into its folder."""

import argparse
from functools import cache
from pathlib import Path

import torch
from rich.console import Console

from facegan.assemble import make_source, open_model
from facegan.config import Config, compose_config
from facegan.data.source import FaceSource
from facegan.errors import UserError
from facegan.evaluation.embedders import find_embedder
from facegan.evaluation.judge_cache import find_judge
from facegan.evaluation.progress import Steps
from facegan.evaluation.protocols import Outcome, check_edits, protocol_for, run_protocol
from facegan.evaluation.report import write_report
from facegan.evaluation.result import Result, judge_facts, write_json
from facegan.evaluation.settings import Settings
from facegan.evaluation.tables import print_tables, warnings
from facegan.evaluation.witnesses import find_panel
from facegan.training.checkpoint import read_checkpoint
from facegan.training.run_folder import RunFolder, read_lines

EXAMPLES = """examples:
  facegan evaluate run=runs/quickstart-s0                  the protocol of the run's data set
  facegan evaluate run=runs/quickstart-s0 faces=200        a quick look
  facegan evaluate run=runs/mine protocol=photos           name the protocol
  facegan evaluate run=runs/mine device=cuda chunk=256     on a GPU

Written into the run folder: evaluation/grid.png (edits beside the true twins), evaluation/report.html,
evaluation/<protocol>.json. The first evaluation of a data set trains a judge, which is kept in
$FACEGAN_CACHE (or ~/.cache/facegan)."""

SETTINGS = ("faces", "seed", "line_faces", "styles", "chunk", "rows")


def main(argv: list[str]) -> int:
    """Measures one run; 0 when all went well."""
    parser = argparse.ArgumentParser(
        prog="facegan evaluate",
        description="Measure a run's edits and write a report.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE", help="Hydra overrides of conf/evaluate.yaml")
    evaluate(parser.parse_intermixed_args(argv).overrides)
    return 0


def evaluate(overrides: list[str]) -> Result:
    """Measures the run that the overrides name, writes its evaluation folder and prints what came of it."""
    wish = compose_config("evaluate", overrides)
    if not wish["run"]:
        raise UserError("which run? Name its folder: facegan evaluate run=FOLDER")
    folder = RunFolder(str(wish["run"]))
    model, config, _ = open_model(folder, device_of(wish["device"]))
    if wish["threads"]:
        torch.set_num_threads(wish["threads"])

    @cache
    def split(name: str) -> FaceSource:
        return make_source({**config, "plugins": ()}, name)

    protocol = protocol_for(wish["protocol"], lambda: split("test"))
    check_edits(protocol, model)  # before a judge is trained for nothing
    settings = settings_of(compose_config("evaluate", [f"evaluation={protocol.name}", *overrides]))
    splits = protocol.splits(split, model.image_size)
    judge = find_judge(splits, model.attributes, "report")
    with Steps(f"measuring {folder.root.name} by protocol {protocol.name}") as steps:
        outcome = run_protocol(
            protocol,
            model,
            splits("test"),
            judge,
            settings,
            panel=find_panel(splits, model.attributes),
            embedder=find_embedder(splits("test")),
            training=training_cost(folder),
            tick=steps,
        )
    result = Result(
        protocol=protocol.name,
        version=protocol.version,
        run=folder.root.name,
        model=type(model).__name__,
        data=splits("test").name,
        image_size=model.image_size,
        attributes=model.attributes,
        seed=settings.seed,
        faces=settings.faces,
        figures=outcome.figures,
        warnings=warnings(outcome.figures, judge, protocol.name),
        details=outcome.details,
        **judge_facts(judge),
    )
    write_all(folder.evaluation, result, outcome)
    return result


def training_cost(folder: RunFolder) -> dict[str, float]:
    """What the training of a run cost: thousands of images up to its checkpoint, and seconds of processor time."""
    _, state = read_checkpoint(folder.checkpoint())
    images = state.get("images") or state.get("clocks", {}).get("images", 0)
    found = {"training_images": images / 1000}
    seconds = [line["cpu_seconds"] for line in read_lines(folder.timing) if "cpu_seconds" in line]
    return found | ({"training_cpu_seconds": sum(seconds)} if seconds else {})


def write_all(folder: Path, result: Result, outcome: Outcome) -> None:
    """The files of an evaluation, and where they lie."""
    folder.mkdir(parents=True, exist_ok=True)
    outcome.grid.save(folder / "grid.png")
    write_json(folder / f"{result.protocol}.json", result)
    write_report(folder / "report.html", result, outcome)
    print_tables(result, Console())
    print(f"edit grid: {folder / 'grid.png'}\nreport: {folder / 'report.html'}")


def device_of(name: str) -> str:
    """cpu or cuda. Raises UserError for another name, and for a device that is not there."""
    there = torch.cuda.is_available()
    if name not in ("auto", "cpu", "cuda") or (name == "cuda" and not there):
        raise UserError(f"device={name}: choose auto or cpu" + (", or cuda." if there else "; there is no cuda here."))
    return "cuda" if there and name != "cpu" else "cpu"


def settings_of(config: Config) -> Settings:
    """The protocol's settings. Raises UserError for values that are no whole numbers."""
    values = {name: config[name] for name in SETTINGS}
    if wrong := {name: value for name, value in values.items() if type(value) is not int}:
        raise UserError(f"{next(iter(wrong))}={next(iter(wrong.values()))}: a whole number is needed.")
    return Settings(**values)
