"""One chunk of cases through all measures, for the model and for the lines that it is read against."""

import time
from functools import partial

import torch
from torch import Tensor

from facegan.data.twinfaces import style_library, with_attribute
from facegan.data.twinfaces.reference import random_style, style_blind_median
from facegan.data.twinfaces.styles import STYLES
from facegan.evaluation.asking import VALUE, Asked
from facegan.evaluation.cases import Case
from facegan.evaluation.extras import add_extras
from facegan.evaluation.measures.outside import outside
from facegan.evaluation.measures.reconstruction import psnr, ssim
from facegan.evaluation.measures.second import disagreement
from facegan.evaluation.measures.seconds import seconds
from facegan.evaluation.measures.success import judged_success
from facegan.evaluation.measures.twin import nearest_style_error, style_fit, twin_error
from facegan.evaluation.renderer_fit import add_fit
from facegan.evaluation.result import Tally
from facegan.evaluation.settings import Settings
from facegan.evaluation.twin_cases import TwinCase
from facegan.evaluation.wear import as_seen, eight_bits
from facegan.evaluation.witnesses import Witnesses, in_gaps

LIBRARY_SEED = 440_203
EDITS = ("model", "paper")  # the lines that are the model's own


def measure_twins(asked: Asked, case: Case, witnesses: Witnesses, tally: Tally, settings: Settings, wide: bool) -> None:
    """Adds a chunk's figures to the tally. wide: also those that need many renders of each face."""
    assert isinstance(case, TwinCase)
    again = asked.reconstruct(case.source, case.labels)
    lines = {
        # Each image with what it is compared with outside: a model's own reconstruction, else the source itself.
        "model": (_edited(asked, case, tally), again),
        "nothing": (case.source, case.source),
        "random": (_random(case), case.source),
    }
    if (stronger := _at_papers_strength(asked, case)) is not None:
        lines["paper"] = stronger, again
    if asked.reconstructs:
        lines["floor"] = asked.reconstruct(case.twin, _wanted(asked, case)), again
    lines |= {"median": (_median(case, settings.styles), case.source)} if wide else {}
    _add_twin_errors(asked, case, tally, {line: image for line, (image, _) in lines.items()}, settings, wide)
    for line, (image, base) in lines.items():
        tally.add("outside_edit", line, outside(image, base, case.may))
    tally.rank("outside_edit", outside(*lines["model"], case.may).each)
    for line, (image, _) in lines.items():
        _judge(asked, case, witnesses, tally, line, image, wide)
    _keep(witnesses, tally, "real", eight_bits(case.exemplar))
    if wide:
        add_fit(case, tally, {line: image for line, (image, _) in lines.items()}, settings.styles)
        add_extras(asked, case, witnesses, tally, {line: image for line, (image, _) in lines.items()}, again)
    if asked.reconstructs:
        tally.add("outside_reconstruction", "model", outside(again, case.source, case.may))
        _add_reconstruction(tally, again, case, witnesses)


def measure_photos(
    asked: Asked, case: Case, witnesses: Witnesses, tally: Tally, settings: Settings, wide: bool
) -> None:
    """Adds a chunk's figures to the tally: all that can be said of an edit without the true answer."""
    edited = _edited(asked, case, tally)
    lines = {"model": edited, "nothing": case.source, "real": case.exemplar}
    if (stronger := _at_papers_strength(asked, case)) is not None:
        lines["paper"] = stronger
    for line, image in lines.items():
        _judge(asked, case, witnesses, tally, line, image, wide)
    again = asked.reconstruct(case.source, case.labels)
    if wide:
        add_extras(asked, case, witnesses, tally, lines, again)
    if asked.reconstructs:
        _add_reconstruction(tally, again, case, witnesses)


def _edited(asked: Asked, case: Case, tally: Tally) -> Tensor:
    """The model's edits, and the time that they took where they are optimised."""
    began = time.perf_counter()
    edited = asked.change(case.direction, case.source, case.labels, case.exemplar)
    if asked.model.optimises:
        tally.add("seconds", "model", seconds(time.perf_counter() - began, len(edited)))
    return edited


def _at_papers_strength(asked: Asked, case: Case) -> Tensor | None:
    """The edit as its authors show it; None where that is strength 1, or where it would take too long."""
    strength = asked.model.paper_strength
    if strength == 1 or not asked.asks_more or not asked.takes_strength(case.direction):
        return None
    return asked.change(case.direction, case.source, case.labels, case.exemplar, strength)


def _judge(asked: Asked, case: Case, witnesses: Witnesses, tally: Tally, line: str, image: Tensor, wide: bool) -> None:
    """Both judges' verdicts; the second looks at every edit, and at the first faces of the lines beside it."""
    copies, value = as_seen(image), VALUE[case.direction]
    logits = torch.stack([witnesses.judge.logits(copy, asked.attribute) for copy in copies])
    success = judged_success(logits, value)
    tally.add("judged_success", line, success)
    if witnesses.second and (wide or line in EDITS):
        seen = torch.stack([witnesses.second.logits(copy, asked.attribute) for copy in copies])
        again = judged_success(seen, value)
        tally.add("second_success", line, again)
        tally.add("disagreement", line, disagreement(success, again))
    _keep(witnesses, tally, line, copies[0])
    if line == "model":
        tally.rank("judge", logits[0] if value == 0 else -logits[0])


def _keep(witnesses: Witnesses, tally: Tally, line: str, image: Tensor) -> None:
    """What the panel sees, for figures that only all faces together have."""
    if witnesses.panel:
        logits, features = witnesses.panel.look(image)
        tally.keep("logits", line, in_gaps(logits, witnesses.panel))
        tally.keep("features", line, features)


def _add_twin_errors(
    asked: Asked, case: TwinCase, tally: Tally, images: dict[str, Tensor], settings: Settings, wide: bool
) -> None:
    """Against the one true twin where there is one, else against the nearest style: never in one column."""
    if case.direction == "removing" or asked.uses_exemplars("adding"):
        for line, image in images.items():
            tally.add("twin_error", line, twin_error(image, case.twin, case.source, case.changed))
            if (unseen := case.changed & case.hidden).any():
                tally.add("hidden_error", line, twin_error(image, case.twin, case.source, unseen))
        tally.rank("twin_error", twin_error(images["model"], case.twin, case.source, case.changed).each)
    elif wide:
        library = _library(case, settings.styles)
        for line, image in images.items():
            tally.add("nearest_style_error", line, nearest_style_error(image, library, case.source, case.may))
            found = style_fit(image, library, case.source, case.may)
            for name, ratio in {"style_fit": found.fit, "style_d1": found.d1, "style_d0": found.d0}.items():
                tally.add(name, line, ratio)


def _add_reconstruction(tally: Tally, again: Tensor, case: Case, witnesses: Witnesses) -> None:
    tally.add("psnr", "model", psnr(again, case.source))
    tally.add("ssim", "model", ssim(again, case.source))
    if witnesses.lpips:
        tally.add("lpips", "model", witnesses.lpips.distance(again, case.source))


def _wanted(asked: Asked, case: Case) -> Tensor:
    """The labels of the true twins, N x K."""
    labels = case.labels.clone()
    labels[:, asked.place] = VALUE[case.direction]
    return labels


def _random(case: TwinCase) -> Tensor:
    value, size = VALUE[case.direction], case.source.shape[-1]
    draw = partial(random_style, case.faces, case.attribute, value, image_size=size, draw=case.draw)
    return case.once("random", draw)


def _median(case: TwinCase, styles: int) -> Tensor:
    value, size = VALUE[case.direction], case.source.shape[-1]
    # Where a value has one look only, one render says it all.
    count = styles if STYLES.get((case.attribute, value)) else 1
    draw = partial(style_blind_median, case.faces, case.attribute, value, image_size=size, styles=count, draw=case.draw)
    return case.once(f"median of {count}", draw)


def _library(case: TwinCase, styles: int) -> list[Tensor]:
    value = VALUE[case.direction]

    def draw() -> list[Tensor]:
        library = style_library(case.attribute, value, styles, seed=LIBRARY_SEED)
        return [case.draw(with_attribute(case.faces, case.attribute, value, style)) for style in library]

    return case.once(f"library of {styles}", draw)
