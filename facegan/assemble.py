"""From a finished config to the objects of a run: data, model, optimisers, engine."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor

from facegan import config as configs
from facegan.attributes import CELEBA
from facegan.config import Config
from facegan.data.align import Framing
from facegan.data.decode import decode
from facegan.data.errors import DataError
from facegan.data.sampling import Sampler, to_network
from facegan.data.source import FaceSource
from facegan.errors import UserError
from facegan.models.base import Model
from facegan.models.independence import Independence
from facegan.networks.contracts import Pretrained, encodes
from facegan.training.checkpoint import read_checkpoint
from facegan.training.engine import Engine, load_part
from facegan.training.optimisation import Optimisation
from facegan.training.run_folder import RunFolder
from facegan.training.settings import Hooks, Settings
from facegan.training.tracking import FolderTracker, Tracker, Trackers, WandbTracker

# The optimiser of a model without phases, which names none.
UNUSED = {"_target_": "torch.optim.Adam", "_partial_": True}

# What may differ between the two sessions of one run: how long it goes, who watches, and on how many threads.
FREE = ("run", "resume", "logger", "trainer.images", "trainer.checkpoint_seconds", "trainer.threads")


def make_source(config: Config, split: str) -> FaceSource:
    """The data set of a config, one split of it."""
    source: FaceSource = configs.build(config["data"], "data", plugins=config["plugins"], split=split)
    return source


def make_model(config: Config, *, image_size: int, attributes: tuple[str, ...]) -> Model:
    """The model of a config, for faces of this size. Raises UserError where its parts or weights do not fit."""
    model = configs.build(
        config.get("model", {}),
        "model",
        plugins=config.get("plugins", ()),
        image_size=image_size,
        attributes=attributes,
    )
    if not isinstance(model, Model):
        raise UserError(f"config at model names {config['model']['_target_']!r}, which is not a model.")
    penalise(config, model)
    model.check()
    return model.to(memory_format=torch.channels_last)


def penalise(config: Config, model: Model) -> None:
    """Gives the model the independence penalty, where the config chooses one."""
    node = dict(config.get("independence") or {})
    if not node.get("loss"):
        return
    for key in ("loss", "weight"):  # the weight may be a schedule
        if isinstance(node[key], dict):
            node[key] = configs.build(node[key], "independence", plugins=config.get("plugins", ()))
    weight, encoders = node.pop("weight"), [name for name, part in model.parts.items() if encodes(part)]
    model.penalise(Independence(attributes=model.attributes, **node), weight, encoders=encoders)


def make_sampler(config: Config, source: FaceSource, model: Model) -> Sampler:
    """The sampler of a run. Raises UserError where faces are to be weighed and the model cannot weigh them."""
    check_labels(source, model.attributes)
    wish = config.get("decorrelate") or {}
    if wish.get("weights") and not model.weighs_faces:
        raise UserError(
            f"decorrelate.weights: no loss of {type(model).__name__} weighs faces; decorrelate.draws fits every model."
        )
    return Sampler(
        source,
        attributes=model.attributes,
        seed=config["seed"],
        flip=config["trainer"]["flip"],
        independent=tuple(wish.get("draws") or ()),
        weighed=tuple(wish.get("weights") or ()),
        context=model.independence.names if model.independence else (),
    )


def check_labels(source: FaceSource, attributes: Sequence[str]) -> None:
    """Raises UserError, which names both ways out, for attributes of CelebA that the data set does not label."""
    missing = [name for name in attributes if name in CELEBA and name not in source.attributes]
    if missing:
        there = [name for name in attributes if name in source.attributes]
        way = f"attributes=[{','.join(there)}]" if there else f"attributes among {', '.join(source.attributes)}"
        said = f"{source.name} does not label {', '.join(missing)}"
        raise UserError(f"{said}: set data=celeba data.root=FOLDER, which does, or {way}.")


def check_frames(source: FaceSource, model: Model) -> None:
    """Raises UserError, in a line that helps, where one of the two is of clips and the other is not."""
    name, wanted, there = type(model).__name__, model.frames, source.frames
    if wanted is None and there is not None:
        raise UserError(f"{source.name} has clips and {name} takes single faces; data=twinfaces would fit.")
    if wanted is not None and (there is None or there < wanted):
        has = "single faces" if there is None else f"clips of {there} frames"
        raise UserError(
            f"{name} trains on clips of {wanted} frames or more and {source.name} has {has}; "
            f"data=twinfaces_clips data.frames={wanted} would fit."
        )


def check_pairs(source: FaceSource, model: Model) -> None:
    """Raises UserError, in a line that helps, where the model cannot take the data set's small images.

    They are not of the model's size, or no pairs, and the model draws none of those.
    """
    small = source.unpaired
    if small is not None and not any(draw.unpaired for phase in model.phases for draw in phase.draws.values()):
        raise UserError(
            f"{source.name} has small pictures of other faces ({small.name}), from which {type(model).__name__} cannot "
            "learn; model=unpaired_upscaling_quickstart would fit, or data=folder with the large faces alone."
        )
    wanted, there = getattr(model, "low", None), source.low if small is None else small.image_size
    if there is not None and wanted is not None and there != wanted:
        raise UserError(
            f"{source.name} has small images of {there} pixels and {type(model).__name__} takes {wanted}; "
            f"model.scale={source.image_size // there} would fit."
        )


def facts_of(source: FaceSource, attributes: tuple[str, ...]) -> dict[str, Any]:
    """What a config cannot know, as plain data for the run folder."""
    return {"image_size": source.image_size, "attributes": list(attributes), "data": source.name, "crop": source.crop()}


def make_fabric(trainer: Mapping[str, Any]) -> Fabric:
    """Device, precision and processes, launched."""
    precision = trainer["precision"]
    if precision not in ("auto", "32-true", "bf16-mixed"):
        raise UserError(f"trainer.precision={precision}: choose 32-true, bf16-mixed or auto.")
    if precision == "auto":
        precision = "bf16-mixed" if fast_bfloat16() else "32-true"
    keys = ("accelerator", "devices", "strategy")
    fabric = Fabric(precision=precision, **{key: trainer[key] for key in keys})
    fabric.launch()
    return fabric


def fast_bfloat16() -> bool:
    """Whether this machine multiplies bfloat16 faster than float32: AMX on a CPU, tensor cores on a GPU."""
    return torch.cuda.is_bf16_supported() if torch.cuda.is_available() else torch.cpu._is_amx_tile_supported()


def make_optimisation(config: Config, model: Model) -> Optimisation:
    """One optimiser per trained part, with the rate schedule and the clipping of the trainer's config."""
    trained = {name for phase in model.phases for name in phase.trains}
    rate = config["trainer"]["learning_rate"]
    special = {
        name: configs.build(node, "optimizer", plugins=config["plugins"])
        for name, node in config.get("optimizers", {}).items()
    }
    return Optimisation(
        {name: part for name, part in model.parts.items() if name in trained},
        default=configs.build(config.get("optimizer", UNUSED), "optimizer", plugins=config["plugins"]),
        special=special,
        learning_rate=configs.build(rate, "schedule", plugins=config["plugins"]) if isinstance(rate, dict) else rate,
        clip_norm=config["trainer"]["clip_norm"],
    )


def make_settings(trainer: Mapping[str, Any]) -> Settings:
    """The trainer's node as the engine takes it. Raises UserError for settings that conf/trainer does not have."""
    known = configs.read_yaml(configs.conf_dir() / "trainer" / "default.yaml")
    if unknown := trainer.keys() - known.keys():
        raise UserError(f"trainer has no {', '.join(sorted(unknown))}; it has {', '.join(known)}.")
    return Settings(**{field.name: trainer[field.name] for field in fields(Settings) if field.name in trainer})


def make_engine(config: Config, folder: RunFolder, *, source: FaceSource, hooks: Hooks) -> Engine:
    """Everything wired, and resumed where the folder holds a run. Raises UserError where the two differ."""
    trainer = config["trainer"]
    if trainer["threads"]:
        torch.set_num_threads(trainer["threads"])
    fabric = make_fabric(trainer)
    torch.manual_seed(config["seed"])
    attributes = tuple(config["attributes"])
    model = make_model(config, image_size=source.image_size, attributes=attributes).to(fabric.device)
    check_frames(source, model)
    check_pairs(source, model)
    sampler = make_sampler(config, source, model)
    for draw in (*(d for phase in model.phases for d in phase.draws.values()), *model.bank_draws.values()):
        sampler.pool(draw)  # a face that no pool holds is missed now, not at the first checkpoint
    model.check_beginning([here for here, _ in wished_parts(config["init_from"], model)])
    resumed = open_together(fabric, config, folder, facts=facts_of(source, attributes))
    notes = read_checkpoint(folder.last)[1]["notes"] if resumed else {"wandb": uuid.uuid4().hex[:8]}
    engine = Engine(
        model=model, sampler=sampler, optimisation=make_optimisation(config, model),
        settings=make_settings(trainer), fabric=fabric, folder=folder,
        tracker=make_tracker(config, folder, str(notes["wandb"]), fabric=fabric), hooks=hooks, notes=notes,
    )  # fmt: skip
    if resumed:
        engine.resume()
    else:
        torch.manual_seed(config["seed"] + fabric.global_rank)
        fetch_parts(model)
        fetch_pictures(model)
        copy_parts(config["init_from"], model)
    return engine


def open_together(fabric: Fabric, config: Config, folder: RunFolder, *, facts: dict[str, Any]) -> bool:
    """The first process opens the run folder; the others see what it made of it. Returns and raises as `open_run`."""
    if fabric.is_global_zero:
        open_run(config, folder, facts=facts)
    fabric.barrier()
    return folder.last.is_file()


def open_run(config: Config, folder: RunFolder, *, facts: dict[str, Any]) -> bool:
    """Begins a run folder, or finds that it holds this very run: then True.

    Raises UserError where the folder holds a run with another config, or any run and resume=never.
    """
    if folder.exists():
        folder.facts()
        if config["resume"] == "never":
            raise UserError(f"{folder.root} holds a run and resume=never; choose another run=FOLDER, or remove it.")
        if folder.last.is_file():
            if changes := differences(configs.read_yaml(folder.config), config):
                raise UserError(
                    f"{folder.root} holds a run with another config ({'; '.join(changes)}); choose another run=FOLDER."
                )
            return True
    folder.root.mkdir(parents=True, exist_ok=True)
    configs.write_yaml(folder.config, config)
    folder.begin(facts)
    for stale in (folder.metrics, folder.timing):
        stale.unlink(missing_ok=True)
    return False


def differences(old: Config, new: Config) -> list[str]:
    """`key: old -> new` for each setting that decides what a run computes."""
    olds, news = dict(leaves(old)), dict(leaves(new))
    keys = [key for key in {**olds, **news} if not any(key == free or key.startswith(f"{free}.") for free in FREE)]
    return [f"{key}: {olds.get(key)} -> {news.get(key)}" for key in keys if olds.get(key) != news.get(key)]


def leaves(node: Any, where: str = "") -> list[tuple[str, Any]]:
    """The plain values of a config with their dotted keys."""
    if isinstance(node, Mapping) and node:
        return [leaf for key, value in node.items() for leaf in leaves(value, f"{where}.{key}".lstrip("."))]
    return [(where, json.loads(json.dumps(node)))]


def open_model(
    folder: RunFolder, device: torch.device | str = "cpu", *, plugins: Sequence[str] = ()
) -> tuple[Model, Config, dict[str, Any]]:
    """The trained model of a run folder, in eval mode, with averaged weights where it has them; its config and facts.

    Only the folder's own files are read. Its config can name this package's components and those of the plugins that
    the caller, not the folder, opts in.
    Raises UserError where the folder, its config or its checkpoint cannot be used.
    """
    facts, config = folder.facts(), configs.read_yaml(folder.config)
    model = make_model(
        {**config, "plugins": plugins}, image_size=facts["image_size"], attributes=tuple(facts["attributes"])
    )
    tensors, _ = read_checkpoint(folder.checkpoint())
    averaged = averaged_of(tensors)
    memory = {f"model.{name}": model.get_buffer(name) for name in model.memory}  # empty; verbs do not look at it
    load_part(model, memory | tensors | averaged, "model.")
    return model.eval().to(device), config, facts


def averaged_of(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The averaged weights of a checkpoint, by the names of the model's own; of `best` they are these already."""
    return {f"model.{name.removeprefix('ema.')}": v for name, v in tensors.items() if name.startswith("ema.")}


def make_tracker(config: Config, folder: RunFolder, run_id: str, *, fabric: Fabric) -> Tracker:
    """The run folder's own tracker, and wandb where it is not disabled; nothing but in the first process."""
    if not fabric.is_global_zero:
        return Trackers([])
    trackers: list[Tracker] = [FolderTracker(folder)]
    logger = config["logger"]
    if logger["mode"] != "disabled":
        trackers.append(WandbTracker(folder=folder, config=config, id=run_id, **logger))
    return Trackers(trackers)


def fetch_parts(model: Model) -> None:
    """Takes up the numbers of pretrained parts that no phase trains, and those that a part's setting names.

    A model without phases does so in its `fit`.
    """
    trained = {name for phase in model.phases for name in phase.trains}
    for name, part in model.parts.items():
        for module in part.modules():
            if model.phases and isinstance(module, Pretrained) and (module.wanted or name not in trained):
                module.fetch()


def fetch_pictures(model: Model) -> None:
    """Reads the pictures that a model names into its buffers, the middle square of each. Raises UserError."""
    for name, path in model.pictures.items():
        file = Path(path).expanduser()
        if not file.is_file():
            raise UserError(f"model.{name}={path}: there is no such file; name a picture, or leave model.{name} out.")
        buffer = model.get_buffer(name)
        try:
            square, _ = Framing(image_size=buffer.shape[-1]).cut(decode(file).image)
        except DataError as error:
            raise UserError(f"model.{name}={path} cannot be read: {error}.") from error
        buffer.copy_(to_network(torch.from_numpy(np.array(square)).permute(2, 0, 1)[None]))


def wished_parts(wish: Mapping[str, Any], model: Model) -> list[tuple[str, str]]:
    """The parts to copy from another run, their names here and there: those of some names, or `here=there`."""
    parts = (str(part).partition("=") for part in wish["parts"] or model.parts) if wish["run"] else ()
    return [(here, there or here) for here, _, there in parts]


def copy_parts(wish: Mapping[str, Any], model: Model) -> None:
    """Copies parts from another run's checkpoint. Raises UserError for a part that either side lacks."""
    if not wish["run"]:
        return
    path = RunFolder(wish["run"]).checkpoint()
    tensors, _ = read_checkpoint(path)
    tensors |= averaged_of(tensors)
    for name, there in wished_parts(wish, model):
        found = {k.removeprefix(f"model.{there}."): v for k, v in tensors.items() if k.startswith(f"model.{there}.")}
        if name not in model.parts or not found:
            raise UserError(
                f"init_from: {path} and this model must both have the part {name!r}; this one has {list(model.parts)}."
            )
        try:
            model.parts[name].load_state_dict(found)
        except RuntimeError as error:
            raise UserError(
                f"init_from: part {name!r} of {path} has other shapes: {str(error).splitlines()[-1].strip()}"
            ) from error
