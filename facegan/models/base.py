"""What the loop, the verbs and the evaluation know of every model: parts, phases, weights and verbs.

Legend: N faces, K attributes, H x W pixels.
"""

import functools
import inspect
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, NamedTuple, ParamSpec, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facegan.data.batch import FaceBatch
from facegan.data.draw import Draw
from facegan.errors import UserError
from facegan.models.independence import TERM, Independence
from facegan.models.phases import Phase
from facegan.models.schedules import Schedule

if TYPE_CHECKING:
    from facegan.losses.adversarial import Adversarial

VERBS = ("reconstruct", "encode", "edit", "transfer", "generate", "upscale", "stylize")

Losses = dict[str, Tensor]
Factory = Callable[..., Any]
Weights = Mapping[str, Mapping[str, float | Schedule]]

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound="Model")


class Play(NamedTuple):
    """What one play of a phase yields: unweighted terms, and the tensors that the phase keeps for another."""

    losses: Losses
    kept: Mapping[str, Tensor] = {}


class MissingVerbError(UserError):
    """A model was asked for something that its paper does not do."""

    def __init__(self, model: "Model", verb: str) -> None:
        known = ", ".join(model.verbs)
        super().__init__(
            f"{type(model).__name__} has no verb {verb!r}; it has: {known}. facegan list models shows who has which."
        )


def verb(method: Callable[Concatenate[M, P], R]) -> Callable[Concatenate[M, P], R]:
    """A public method on images: runs without gradients, in eval mode, and leaves the model's modes as they were."""

    @functools.wraps(method)
    def run(self: M, /, *args: P.args, **kwargs: P.kwargs) -> R:
        modes = [(module, module.training) for module in self.modules()]
        self.eval()
        try:
            with torch.no_grad():
                return method(self, *args, **kwargs)
        finally:
            for module, training in modes:
                module.training = training

    return run


class Model(nn.Module):
    """Parts, losses and phases. Its children are its parts; a subclass lists its phases and implements its verbs.

    paper: how the literature cites it. verb_parts: the parts that verbs use, which are those that EMA averages.
    degrees: whether verbs take a strength other than 1. paper_strength: the one at which its authors show edits.
    recorded: whether its verbs only know the answers to questions that were asked before.
    weighs_faces: whether its losses take `FaceBatch.weights`.
    memory: the buffers that training alone looks at; the last checkpoint has them, the best one has not.
    optimises: whether its verbs optimise pictures, which takes seconds each: measures look at few faces, and at time.
    fit_draws, fit_size: the faces, so many of each draw, that `fit` is handed once; none for most models.
    pictures: the files that are read into buffers, 1 x 3 x H x W in [-1, 1], when a run begins; then it keeps them.
    """

    paper: ClassVar[str]
    verb_parts: ClassVar[tuple[str, ...]]
    degrees: ClassVar[bool] = True
    paper_strength: ClassVar[float] = 1.0
    recorded: ClassVar[bool] = False
    weighs_faces: ClassVar[bool] = False
    memory: ClassVar[tuple[str, ...]] = ()
    optimises: ClassVar[bool] = False
    fit_draws: Mapping[str, Draw] = {}
    fit_size: int = 0
    bank_draws: Mapping[str, Draw] = {}
    pictures: Mapping[str, str] = {}
    adversarial: "Adversarial"  # of models that play a game in a phase named `critic`
    low: int  # of models that upscale: the side in pixels of the faces that they take
    frames: int | None = None  # of models that train on clips: how many frames they need in a row
    independence: Independence | None = None

    def __init__(self, *, image_size: int, attributes: tuple[str, ...], weights: Weights) -> None:
        super().__init__()
        self.image_size, self.attributes, self.weights = image_size, tuple(attributes), weights
        self.phases: tuple[Phase, ...] = ()

    @property
    def parts(self) -> dict[str, nn.Module]:
        """The networks by name."""
        return dict(self.named_children())

    @property
    def verbs(self) -> tuple[str, ...]:
        """What this model can do."""
        return tuple(name for name in VERBS if hasattr(self, name))

    @property
    def transferable(self) -> tuple[str, ...]:
        """What `transfer` takes from an exemplar, where the model has it: its attributes, or `identity`."""
        return self.attributes

    @property
    def controls(self) -> tuple[str, ...]:
        """What the columns mean by which `generate` is asked: the attributes, unless a model has something else."""
        return self.attributes

    def require(self, name: str) -> None:
        """Raises MissingVerbError where the model lacks the verb."""
        if name not in self.verbs:
            raise MissingVerbError(self, name)

    def takes(self, name: str, argument: str) -> bool:
        """Whether a verb has an argument of this name; `source`, `strength` and `seed` mean nothing to some models."""
        known = inspect.signature(getattr(self, name)).parameters.values()
        return any(each.name == argument or each.kind is each.VAR_KEYWORD for each in known)

    @property
    def shrunk_by(self) -> str:
        """What `shrunk` is called in tables."""
        return "area"

    def shrunk(self, images: Tensor) -> Tensor:
        """Faces as small as `upscale` takes them, N x 3 x low x low; by area unless a model has another way."""
        return F.adaptive_avg_pool2d(images, self.low)

    def play(self, phase: Phase, draws: Mapping[str, FaceBatch], kept: Mapping[str, Tensor] | None = None) -> Play:
        """The terms of one play of a phase; `kept` are the tensors of the phase that it reuses."""
        result = getattr(self, f"{phase.name}_losses")(**draws, **(kept or {}))
        play = result if isinstance(result, Play) else Play(result)
        self._check_terms(phase, play.losses)
        if self.independence is None or TERM not in phase.terms:
            return play
        return play._replace(losses={**play.losses, TERM: self.independence(self.codes_of, draws)})

    def _check_terms(self, phase: Phase, losses: Losses) -> None:
        """The terms that the phase lists, each one number: a forgotten mean would be summed without a word."""
        listed, whole = {*phase.terms} - {TERM}, [name for name, value in losses.items() if value.ndim]
        if listed != losses.keys() or whole:
            raise UserError(
                f"{type(self).__name__}: {phase.name}_losses must return the terms {sorted(listed)}, each 0-dim; it "
                f"returned {sorted(losses)}" + (f", of which {whole} have dimensions." if whole else ".")
            )

    @property
    def code_names(self) -> tuple[str, ...]:
        """The codes of which an independence penalty may speak; the one of `encode`, unless a model names others."""
        return ("code",) if "encode" in self.verbs else ()

    def codes_of(self, images: Tensor) -> Mapping[str, Tensor]:
        """These codes, each N x ..., with gradients. images: N x 3 x H x W in [-1, 1]."""
        encode = getattr(type(self), "encode").__wrapped__  # noqa: B009  the base has no such verb
        return {"code": encode(self, images)}

    def penalise(self, independence: Independence, weight: float | Schedule, *, encoders: Collection[str]) -> None:
        """Adds the term `independence` to every phase that trains one of the encoders, which are parts by name.

        Raises UserError where the model has no such code, or no such phase.
        """
        name, codes = type(self).__name__, self.code_names
        phases = [p.name for p in self.phases if not {*encoders}.isdisjoint(p.trains)]
        if not codes or not phases:
            raise UserError(f"{name} trains no encoder whose code could be independent; leave loss/independence out.")
        if independence.code not in (None, *codes):
            raise UserError(f"independence.code={independence.code}: {name} has the codes {list(codes)}.")
        self.independence = independence
        self.phases = tuple(
            replace(phase, terms=(*phase.terms, TERM)) if phase.name in phases else phase for phase in self.phases
        )
        self.weights = {**self.weights, **{p: {**self.weights.get(p, {}), TERM: weight} for p in phases}}

    def constrain(self, phase: Phase) -> None:
        """Called after the optimiser step of a play: the game may hold its critics' weights in bounds (clipping)."""
        if phase.name == "critic" and hasattr(self, "adversarial"):
            self.adversarial.constrain(p for name in phase.trains for p in self.parts[name].parameters())

    def fill_bank(self, draws: Mapping[str, FaceBatch]) -> None:
        """Called before a checkpoint is written, with the faces of `bank_draws`: keep codes, never photographs."""

    def fit(self, draws: Mapping[str, Iterable[FaceBatch]]) -> None:
        """Called once, after the last round, or at once in a model without phases, with the faces of `fit_draws`.

        They come in batches, each to be read once, so that not all need to be in memory; what is learnt from them goes
        into buffers. Before that the verbs may refuse.
        """

    def check_beginning(self, copied: Collection[str]) -> None:
        """Raises UserError where, with these parts copied from another run, some part would stay as it was built."""

    def check(self) -> None:
        """Raises UserError where parts, phases, weights and verbs do not fit; the assembler calls it once."""
        if lost := {*self.verb_parts} - set(self.parts):
            raise UserError(
                f"{type(self).__name__}: verb_parts names {sorted(lost)}; its parts are {list(self.parts)}."
            )
        if not self.verbs:
            raise UserError(f"{type(self).__name__} has no verb; it needs at least one of {', '.join(VERBS)}.")
        if unknown := set(self.weights) - {phase.name for phase in self.phases}:
            raise UserError(
                f"{type(self).__name__}: weights for unknown phases {sorted(unknown)}; "
                f"it has {[phase.name for phase in self.phases]}."
            )
        for place, phase in enumerate(self.phases):
            self._check_phase(phase)
            self._check_heir(phase, self.phases[:place])

    def _check_heir(self, heir: Phase, before: Sequence[Phase]) -> None:
        """A phase that reuses another's faces plays when that one has just played, and not otherwise."""
        if heir.reuse is None:
            return
        source = next((phase for phase in before if phase.name == heir.reuse), None)
        if source is None or not source.covers(heir):
            raise UserError(
                f"{type(self).__name__}: phase {heir.name!r} reuses the faces of {heir.reuse!r}, which must be an "
                "earlier phase and play whenever it plays; look at every, repeat, start and stop of both."
            )

    def _check_phase(self, phase: Phase) -> None:
        if missing := {*phase.trains, *phase.evals} - set(self.parts):
            raise UserError(f"{type(self).__name__}: phase {phase.name!r} names unknown parts {sorted(missing)}.")
        if not phase.trains:
            raise UserError(f"{type(self).__name__}: phase {phase.name!r} trains no part; name at least one.")
        if not callable(getattr(self, f"{phase.name}_losses", None)):
            raise UserError(f"{type(self).__name__}: phase {phase.name!r} needs a method {phase.name}_losses.")
        given = set(self.weights.get(phase.name, {}))
        if given != set(phase.terms):
            raise UserError(
                f"{type(self).__name__}: model.weights.{phase.name} must weigh exactly "
                f"{sorted(phase.terms)}, not {sorted(given)}."
            )
