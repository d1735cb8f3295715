"""The one training loop. It knows phases, clocks and parts, and no model's or loss's name.

After each round a run may log, draw pictures, validate and write a checkpoint; none of these can change what comes
next, and a checkpoint at any round continues bit for bit.
"""

import signal
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.data.sampling import Sampler
from facegan.errors import UserError
from facegan.models.base import Model
from facegan.models.phases import Phase
from facegan.training.checkpoint import read_checkpoint, write_checkpoint
from facegan.training.clocks import Progressed
from facegan.training.ema import EMA
from facegan.training.fitting import Fitting
from facegan.training.meter import Meter
from facegan.training.optimisation import Optimisation
from facegan.training.progress import TrainingBar
from facegan.training.run_folder import RunFolder, append_line, truncate
from facegan.training.settings import Hooks, Settings
from facegan.training.tracking import Tracker
from facegan.training.weighing import weigh

Kept = tuple[Mapping[str, FaceBatch], Mapping[str, Tensor]]
"""What a play drew, and what it keeps of its way for an heir."""


class InterruptedRunError(Exception):
    """The run was asked to stop; its checkpoint is written."""


class Engine:
    """Trains a model in a run folder. `fit` continues from the folder's last checkpoint where there is one."""

    def __init__(
        self,
        *,
        model: Model,
        sampler: Sampler,
        optimisation: Optimisation,
        settings: Settings,
        fabric: Fabric,
        folder: RunFolder,
        tracker: Tracker,
        hooks: Hooks | None = None,
        notes: Mapping[str, Any] | None = None,
    ) -> None:
        self.model, self.sampler, self.optimisation = model, sampler, optimisation
        self.settings, self.fabric, self.folder, self.tracker = settings, fabric, folder, tracker
        self.hooks, self.notes = hooks or Hooks(), dict(notes or {})
        self.progressed = Progressed.start(tuple(phase.name for phase in model.phases))
        terms = {phase.name: phase.terms for phase in model.phases}
        self.meter = Meter(phases=terms, limit=settings.limit, device=fabric.device)
        averaged = {name: model.parts[name] for name in model.verb_parts}
        self.ema = EMA(averaged, decay=settings.ema_decay) if settings.ema_decay is not None and model.phases else None
        self.steps = dict.fromkeys(model.parts, 0)
        self.kept: dict[str, tuple[list[Kept], dict[str, int]]] = {}
        self.best, self.saved, self.stopping, self.fitted = float("-inf"), time.monotonic(), False, False
        self.spent = time.process_time()

    def fit(self) -> None:
        """Trains to the end, and fits a model that is to be fitted.

        Raises InterruptedRunError on SIGINT or SIGTERM, TrainingBrokeError for a bad term.
        """
        with self._signals():
            if self.model.phases:
                self._train()
            if self.model.fit_draws and not self.fitted:
                self._fit()
            self.save()

    def _train(self) -> None:
        clocks, settings = self.progressed.clocks, self.settings
        bar = TrainingBar(total=settings.images, done=clocks["images"], label=self.folder.root.name)
        with bar:
            while clocks["images"] < settings.images:
                self.fitted = False
                before = clocks["images"]
                for phase in self.model.phases:
                    for _ in range(phase.plays(clocks["rounds"])):
                        self.play(phase)
                if self.ema:
                    self.ema.update(clocks["rounds"])
                clocks["rounds"] += 1
                bar.update(clocks["images"])
                self._after_round(before, bar)

    def _fit(self) -> None:
        """Once, on averaged weights where there are any; then pictures and validation, which had to wait for it."""
        self.save()  # a fit that is interrupted begins anew, but the training before it is kept
        fitting = Fitting(
            model=self.model, sampler=self.sampler, batch_size=self.settings.batch_size, device=self.fabric.device,
            each=self._stop, label=self.folder.root.name,
        )  # fmt: skip
        with self.looking():
            fitting()
        self.fitted = True
        now = self.progressed.clocks["images"]
        bar = TrainingBar(total=fitting.total, done=now, label=self.folder.root.name)
        self._log({"fit/faces": float(fitting.total)}, bar)
        if self.fabric.is_global_zero:
            picture, validate = self.settings.picture_every > 0, self.settings.validate_every > 0
            self._look(picture=picture, validate=validate, bar=bar)

    def _stop(self) -> None:
        if self.stopping:
            raise InterruptedRunError

    def play(self, phase: Phase) -> None:
        """One play: draw, lose, walk back to the trained parts alone, step them."""
        clocks, trains = self.progressed.clocks, phase.trains
        self._set_modes(phase)
        self.optimisation.zero(trains)
        parameters = self.optimisation.parameters(trains)
        plays = []
        for number in range(self.settings.accumulate):
            draws, kept = self._draws(phase, number)
            with self.fabric.autocast():
                play = self.model.play(phase, draws, kept)
            total = weigh(play.losses, self.model.weights[phase.name], clocks) / self.settings.accumulate
            total.backward(inputs=parameters)
            self.meter.add(phase.name, play.losses, clocks["rounds"])
            plays.append((draws, play.kept))
        if self._heirs(phase):
            self.kept[phase.name] = plays, dict(self.steps)
        self._average_gradients(parameters)
        self.optimisation.step(trains, clocks)
        self.model.constrain(phase)
        clocks[phase.name] += 1
        for name in trains:
            self.steps[name] += 1

    def _draws(self, phase: Phase, number: int = 0) -> tuple[Mapping[str, FaceBatch], Mapping[str, Tensor]]:
        """New ones, or those of the play that this phase reuses. number: which of the plays that are accumulated."""
        if phase.reuse is None:
            return {name: self._draw(f"{phase.name}/{name}", draw) for name, draw in phase.draws.items()}, {}
        plays, steps = self.kept[phase.reuse]
        draws, kept = plays[number]
        ways = next(p for p in self.model.phases if p.name == phase.reuse).keeps
        stale = {name for name, way in ways.items() if any(self.steps[part] != steps[part] for part in way)}
        return draws, {name: value.detach() if name in stale else value for name, value in kept.items()}

    def _draw(self, stream: str, draw: Any) -> FaceBatch:
        """Every process takes its own stretch of a stream."""
        size, fabric = self.settings.batch_size, self.fabric
        start = self.progressed.take(stream, size * fabric.world_size) + size * fabric.global_rank
        return self.sampler.batch(stream, draw, start, size).to(fabric.device)

    def _heirs(self, phase: Phase) -> list[Phase]:
        return [heir for heir in self.model.phases if heir.reuse == phase.name]

    def _set_modes(self, phase: Phase) -> None:
        """Only what this phase trains, or a phase that walks its kept graph, asks for gradients."""
        walked = {name for way in phase.keeps.values() for name in way}
        moved = {*phase.trains, *(name for heir in self._heirs(phase) for name in heir.trains if name in walked)}
        for name, part in self.model.parts.items():
            part.train(name not in phase.evals)
            part.requires_grad_(name in moved)

    def _average_gradients(self, parameters: list[torch.nn.Parameter]) -> None:
        if self.fabric.world_size > 1:
            for parameter in parameters:
                if parameter.grad is not None:
                    parameter.grad = self.fabric.all_reduce(parameter.grad, reduce_op="mean")

    def _after_round(self, before: int, bar: TrainingBar) -> None:
        settings, now = self.settings, self.progressed.clocks["images"]
        last = now >= settings.images

        def due(every: int) -> bool:
            return every > 0 and (now // every > before // every or last)

        if due(settings.log_every):
            self.meter.check()
            self._log(self.meter.means(), bar)
        picture, validate = due(settings.picture_every), due(settings.validate_every)
        if self.fabric.is_global_zero and (picture or validate) and not self.model.fit_draws:
            self._look(picture=picture, validate=validate, bar=bar)
        if self.stopping:
            self.save()
            raise InterruptedRunError
        if time.monotonic() - self.saved >= settings.checkpoint_seconds:
            self.save()

    def _log(self, values: Mapping[str, float], bar: TrainingBar) -> None:
        if self.fabric.is_global_zero:
            now = self.progressed.clocks["images"]
            self.tracker.log({"rounds": self.progressed.clocks["rounds"], **values}, now)
            spent, self.spent = time.process_time() - self.spent, time.process_time()
            timing = {"images": now, "images_per_second": round(bar.rate(now), 2), "cpu_seconds": round(spent, 2)}
            append_line(self.folder.timing, timing)

    def _look(self, *, picture: bool, validate: bool, bar: TrainingBar) -> None:
        """Pictures and validation, on averaged weights where there are any, without a trace in the run."""
        now = self.progressed.clocks["images"]
        with self.looking():
            if picture and self.hooks.picture:
                self.tracker.picture("samples", self.hooks.picture(self.model), now)
            if picture and self.hooks.table and (rows := self.hooks.table(self.model)):
                self.tracker.table("edits", self.hooks.table.columns, rows, now)
            if validate and self.hooks.validate:
                scores = {f"validation/{name}": value for name, value in self.hooks.validate(self.model).items()}
                if not scores:
                    return
                self._log(scores, bar)
                bar.note(f"score {scores['validation/score']:.3f}")
                if scores["validation/score"] > self.best:
                    self.best = scores["validation/score"]
                    tensors = self._model_tensors(without=self.model.memory)
                    write_checkpoint(self.folder.best, tensors, {"images": now, "score": self.best})

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Verbs see averaged weights and filled banks, in eval, where parts stay: each play sets the modes it needs.

        Random numbers come back as they were.
        """
        with ExitStack() as stack:
            stack.enter_context(torch.random.fork_rng(devices=range(torch.cuda.device_count())))
            if self.ema:
                stack.enter_context(self.ema.applied())
            self.model.eval()
            self.fill_bank()
            yield

    def fill_bank(self) -> None:
        """The same exemplars each time: the first draws of streams that nothing else uses."""
        size = getattr(self.model, "bank_size", 0)
        faces = {n: self.sampler.batch(f"bank/{n}", d, 0, size) for n, d in self.model.bank_draws.items()}
        if faces:
            self.model.fill_bank({name: batch.to(self.fabric.device) for name, batch in faces.items()})

    def _model_tensors(self, without: Collection[str] = ()) -> dict[str, Tensor]:
        return {f"model.{name}": value for name, value in self.model.state_dict().items() if name not in without}

    def save(self) -> None:
        """The last checkpoint: all that is needed to go on as if nothing had happened. Or TrainingBrokeError."""
        self.meter.check()
        self.saved = time.monotonic()
        if not self.fabric.is_global_zero:
            return
        with self.looking():
            pass  # fills the bank; the live weights are back afterwards
        tensors = self._model_tensors() | self.optimisation.tensors() | self.meter.tensors()
        if self.ema:
            tensors |= {f"ema.{name}": value for name, value in self.ema.shadow.items()}
        tensors |= _random_states()
        state = {
            **asdict(self.progressed), "meter": self.meter.counts, "best": self.best, "notes": self.notes,
            "fitted": self.fitted,
            "metrics": self.folder.metrics.stat().st_size if self.folder.metrics.is_file() else 0,
            "timing": self.folder.timing.stat().st_size if self.folder.timing.is_file() else 0,
        }  # fmt: skip
        write_checkpoint(self.folder.last, tensors, state)

    def resume(self) -> None:
        """Takes up the run where its last checkpoint left it. Raises UserError where that cannot be read."""
        tensors, state = read_checkpoint(self.folder.last)
        load_part(self.model, tensors, "model.")
        self.optimisation.restore(tensors)
        self.meter.restore(tensors, state["meter"])
        self.progressed.clocks.update(state["clocks"])
        self.progressed.drawn.update(state["drawn"])
        self.best, self.fitted = state["best"], state.get("fitted", False)
        if self.ema:
            for name, value in self.ema.shadow.items():
                value.copy_(tensors[f"ema.{name}"])
        if self.fabric.is_global_zero:
            _restore_random_states(tensors)
        else:  # the checkpoint knows the first process alone; noise that all share would be worse than new noise
            torch.manual_seed(hash((torch.initial_seed(), self.fabric.global_rank, state["clocks"]["rounds"])))
        truncate(self.folder.metrics, state["metrics"])
        truncate(self.folder.timing, state["timing"])

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """SIGINT and SIGTERM end the run after the round, with a checkpoint."""

        def stop(*_: object) -> None:
            self.stopping = True

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _random_states() -> dict[str, Tensor]:
    devices = range(torch.cuda.device_count())
    return {"rng": torch.get_rng_state(), **{f"rng.cuda{n}": torch.cuda.get_rng_state(n) for n in devices}}


def _restore_random_states(tensors: Mapping[str, Tensor]) -> None:
    torch.set_rng_state(tensors["rng"])
    for number in range(torch.cuda.device_count()):
        if (state := tensors.get(f"rng.cuda{number}")) is not None:
            torch.cuda.set_rng_state(state, number)


def load_part(model: Model, tensors: Mapping[str, Tensor], prefix: str) -> None:
    """Copies the tensors below a prefix into the model. Raises UserError where names or shapes differ."""
    found = {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
    try:
        model.load_state_dict(found)
    except RuntimeError as error:
        raise UserError(f"this checkpoint is of another network: {str(error).splitlines()[1].strip()}") from error
