"""`facegan evaluate`: measures a run's edits and writes a report into its folder."""

import argparse
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import torch
from rich.console import Console

from facegan.assemble import make_source, open_model
from facegan.cli.evaluate_published import evaluate_published, published_name
from facegan.cli.evaluate_upscaling import evaluate_upscaling
from facegan.cli.photographs import faces_for
from facegan.cli.standings import training_of
from facegan.config import Config, build, compose_config
from facegan.data.source import FaceSource
from facegan.errors import UserError
from facegan.evaluation.entries.entry import read_entry
from facegan.evaluation.entries.manifest import check_files, read_manifest
from facegan.evaluation.entries.pictures import open_pictures
from facegan.evaluation.judge_data import Splits
from facegan.evaluation.outside.origin import Origin
from facegan.evaluation.perceptual import Perceptual, find_perceptual
from facegan.evaluation.progress import Steps
from facegan.evaluation.protocols import Outcome, Protocol, Tick, check_edits, protocol_for, run_protocol
from facegan.evaluation.report import write_report
from facegan.evaluation.result import Result, judge_facts, write_json
from facegan.evaluation.settings import OPTIMISED_FACES, Settings, settings_of
from facegan.evaluation.tables import print_tables, warnings
from facegan.evaluation.upscaling import NAME as SUPERRESOLUTION
from facegan.evaluation.values import values_file, write_values
from facegan.evaluation.witnesses import Witnesses, find_witnesses
from facegan.models.base import Model
from facegan.training.checkpoint import read_checkpoint
from facegan.training.run_folder import RunFolder, cpu_seconds

EXAMPLES = """examples:
  facegan evaluate run=runs/quickstart-s0                  the protocol of the run's data set
  facegan evaluate run=runs/quickstart-s0 faces=200        fewer faces
  facegan evaluate run=runs/quickstart-s0 quick=true       by the run's own judge alone, which spares minutes at first
  facegan evaluate run=runs/mine protocol=photos           name the protocol
  facegan evaluate run=runs/mine protocol=headline         all photographs that no run learns from, by seven attributes
  facegan evaluate run=runs/mine protocol=phototwins data=celeba data.root=FOLDER
                                                           on these photographs, whatever it was trained on
  facegan evaluate run=runs/srgan protocol=superresolution   how small faces are made large
  facegan evaluate run=runs/attgan protocol=attgan_accuracy
                                                           a published protocol, whose figures stand beside no others:
                                                           attgan_accuracy, attgan_reconstruction, zsc_fid
  facegan evaluate run=runs/mine device=cuda chunk=256     on a GPU
  facegan evaluate run=runs/mine judge=backbone judge.weights=FILE         judged by a probe on resnet18's features
  facegan evaluate run=runs/mine judge=onnx judge.path=FILE 'judge.outputs={Eyeglasses: 0}'
  facegan evaluate run=runs/mine lpips=FILE                LPIPS of reconstruction, by torchvision's weights of AlexNet;
                                                           without lpips= where torch has downloaded them before
  facegan evaluate edits=FOLDER manifest=FILE              any model's pictures for `facegan benchmark export`

Written into the folder of the run, or of the edits: evaluation/grid.png (edits beside the true twins),
evaluation/report.html, evaluation/<protocol>.json, and beside it the figures of each face; of enlarged faces the
picture is evaluation/superresolution.png, and there is no report; a published protocol writes its JSON alone. The first
evaluation of a data set trains its judges, unless facegan judges made them; they lie in $FACEGAN_CACHE (or
~/.cache/facegan)."""


def main(argv: list[str]) -> int:
    """Measures one run; 0 when all went well."""
    parser = argparse.ArgumentParser(
        prog="facegan evaluate",
        description="Measure a run's edits and write a report.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE", help="Hydra overrides of conf/evaluate.yaml")
    overrides = parser.parse_intermixed_args(argv).overrides
    if (name := published_name(overrides)) is not None:
        evaluate_published(name, overrides, device_of)
        return 0
    wish = compose_config("evaluate", overrides)
    if wish["protocol"] == SUPERRESOLUTION and wish["run"]:
        evaluate_upscaling(overrides, device_of(wish["device"]))
    else:
        evaluate(overrides)
    return 0


def evaluate(overrides: list[str]) -> Result:
    """Measures the run that the overrides name, writes its evaluation folder and prints what came of it."""
    wish = compose_config("evaluate", overrides)
    if wish["edits"] or wish["manifest"]:
        return evaluate_edits(wish, overrides)
    if not wish["run"]:
        raise UserError("which run? Name its folder: facegan evaluate run=FOLDER")
    folder = RunFolder(str(wish["run"]))
    model, config, _ = open_model(folder, device_of(wish["device"]), plugins=wish["plugins"])
    if wish["threads"]:
        torch.set_num_threads(wish["threads"])

    protocol = protocol_for(wish["protocol"], lambda: make_source({**config, "plugins": wish["plugins"]}, "test"))
    check_edits(protocol, model)  # before a judge is trained for nothing
    data = faces_for(protocol, config["data"], wish.get("data"), image_size=model.image_size)

    @cache
    def split(name: str) -> FaceSource:
        return make_source({"data": data, "plugins": wish["plugins"]}, name)

    few = [f"faces={OPTIMISED_FACES}"] if model.optimises and not any(o.startswith("faces=") for o in overrides) else []
    settings = settings_of(compose_config("evaluate", [f"evaluation={protocol.name}", *few, *overrides]))
    splits = protocol.splits(split, model.image_size)
    title = replace(title_of(folder, model, config), notes=notes_on(protocol, folder, config))
    return measure(folder.evaluation, protocol, model, splits, settings, title, wish)


def notes_on(protocol: Protocol, folder: RunFolder, config: Config) -> tuple[str, ...]:
    """What a reader must know of a run that is measured by this protocol."""
    aligned = protocol.drawn and config["data"].get("eyes_aligned", False)
    words = (f"Trained on faces aligned by their eyes; those of {protocol.name} are not, which is harder.",)
    return (*chosen_there(protocol, folder), *(words if aligned else ()))


def chosen_there(protocol: Protocol, folder: RunFolder) -> tuple[str, ...]:
    """Said of a run whose checkpoint was chosen by faces that the protocol measures on."""
    if not (protocol.validation and folder.best.is_file()):
        return ()
    return (
        f"This run's checkpoint was chosen by validation faces, which {protocol.name} measures on: train with "
        "trainer.validate_every=0.",
    )


def evaluate_edits(wish: Config, overrides: list[str]) -> Result:
    """Measures the pictures of a model from elsewhere by the protocol for which they were made."""
    if not (wish["edits"] and wish["manifest"]) or wish["run"]:
        raise UserError("pictures of another model are measured by edits=FOLDER and manifest=FILE, without run=.")
    folder, path = Path(str(wish["edits"])), Path(str(wish["manifest"]))
    if not folder.is_dir():
        raise UserError(f"edits={folder} is no folder.")
    entry, manifest = read_entry(folder), read_manifest(path)
    check_files(path, manifest)
    protocol = protocol_for(manifest.protocol, lambda: source_of(wish))
    if protocol.version != manifest.version:
        raise UserError(
            f"{path} is of {protocol.name} v{manifest.version}, and this facegan measures v{protocol.version}: "
            "results of the two would never share a table. Export again."
        )
    model = open_pictures(folder, manifest, path.parent, entry)
    frozen = [f"faces={manifest.faces}", f"seed={manifest.seed}"]
    settings = settings_of(compose_config("evaluate", [f"evaluation={protocol.name}", *overrides, *frozen]))
    splits = protocol.splits(lambda split: source_of(wish), model.image_size)
    title = Title(run=folder.resolve().name, model=entry.system, training=entry.facts())
    return measure(folder / "evaluation", protocol, model, splits, settings, title, wish)


def origin_of(wish: Config) -> Origin:
    """Where the judge comes from."""
    origin: Origin = build(wish["judge"], "judge")
    return origin


def perceptual_of(wish: Config, model: Model) -> Perceptual | None:
    """LPIPS, where it can be had and the model reconstructs. Raises UserError for weights that are no good."""
    found = find_perceptual(wish["lpips"], wish["lpips_backbone"])
    return found if "reconstruct" in model.verbs else None


def source_of(wish: Config) -> FaceSource:
    """There is no run whose data set could be taken."""
    raise UserError(f"manifest={wish['manifest']} is of a protocol that takes its faces from a run's own data set.")


@dataclass(frozen=True, kw_only=True)
class Title:
    """What a result says of where it comes from. cost: of the training, as in `costs.add_costs`. notes: what a reader
    must know of it.
    """

    run: str
    model: str
    training: Mapping[str, Any]
    cost: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def title_of(folder: RunFolder, model: Model, config: Config) -> Title:
    """Of a run and its resolved config."""
    training, cost = training_of(folder, config), training_cost(folder)
    return Title(run=folder.root.name, model=type(model).__name__, training=training, cost=cost)


def measure(
    folder: Path,
    protocol: Protocol,
    model: Model,
    splits: Splits,
    settings: Settings,
    title: Title,
    wish: Config,
) -> Result:
    """Measures a model, writes the evaluation folder and prints what came of it. wish: by which witnesses."""
    attributes, lpips = protocol.attributes(model.attributes), perceptual_of(wish, model)
    judge = origin_of(wish).find(splits, attributes)
    witnesses = find_witnesses(splits, attributes, judge=judge, lpips=lpips, quick=bool(wish["quick"]))
    with Steps(f"measuring {title.run} by protocol {protocol.name}") as steps:
        result, outcome = result_of(protocol, model, splits("test"), witnesses, settings, title, tick=steps)
    write_all(folder, result, outcome)
    print_tables(result, Console())
    print(f"edit grid: {folder / 'grid.png'}\nreport: {folder / 'report.html'}")
    return result


def result_of(
    protocol: Protocol,
    model: Model,
    source: FaceSource,
    witnesses: Witnesses,
    settings: Settings,
    title: Title,
    *,
    tick: Tick = lambda done, total: None,
) -> tuple[Result, Outcome]:
    """Measures a model. source: the test split of its data set."""
    judge = witnesses.judge
    outcome = run_protocol(
        protocol,
        model,
        source,
        judge,
        settings,
        second=witnesses.second,
        panel=witnesses.panel,
        embedder=witnesses.embedder,
        lpips=witnesses.lpips,
        training=title.cost,
        tick=tick,
    )
    result = Result(
        protocol=protocol.name,
        version=protocol.version,
        run=title.run,
        model=title.model,
        training=title.training,
        data=source.name,
        image_size=model.image_size,
        attributes=protocol.attributes(model.attributes),
        seed=settings.seed,
        faces=settings.faces,
        figures=outcome.figures,
        warnings=(
            *warnings(outcome.figures, judge, protocol.name, second=witnesses.second),
            *slowness(model, settings),
            *protocol.remarks(source, model.attributes, outcome.figures),
            *title.notes,
        ),
        details=outcome.details,
        **judge_facts(judge),
    )
    return result, outcome


def training_cost(folder: RunFolder) -> dict[str, float]:
    """What the training of a run cost: thousands of images up to its checkpoint, and seconds of processor time."""
    _, state = read_checkpoint(folder.checkpoint())
    images = state.get("images") or state.get("clocks", {}).get("images", 0)
    found = {"training_images": images / 1000}
    seconds = cpu_seconds(folder)
    return found | ({} if math.isnan(seconds) else {"training_cpu_seconds": seconds})


def slowness(model: Model, settings: Settings) -> tuple[str, ...]:
    """What a reader must know of a model whose edits are optimised."""
    if not model.optimises:
        return ()
    return (
        f"Edits are optimised picture by picture: at most {settings.faces} faces in each direction were measured, and "
        "the seconds per image are of this machine and this moment.",
    )


def write_all(folder: Path, result: Result, outcome: Outcome) -> None:
    """The files of an evaluation."""
    folder.mkdir(parents=True, exist_ok=True)
    outcome.grid.save(folder / "grid.png")
    file = folder / f"{result.protocol}.json"
    write_values(values_file(file), outcome.values)
    write_json(file, result)
    write_report(folder / "report.html", result, outcome)


def device_of(name: str) -> str:
    """cpu or cuda. Raises UserError for another name, and for a device that is not there."""
    there = torch.cuda.is_available()
    if name not in ("auto", "cpu", "cuda") or (name == "cuda" and not there):
        raise UserError(f"device={name}: choose auto or cpu" + (", or cuda." if there else "; there is no cuda here."))
    return "cuda" if there and name != "cpu" else "cpu"
