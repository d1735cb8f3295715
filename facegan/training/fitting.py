"""The faces that a model's `fit` is handed: always the same, in batches, with a progress bar."""

from collections.abc import Callable, Iterator

import torch

from facegan.data.batch import FaceBatch
from facegan.data.sampling import Sampler
from facegan.models.base import Model
from facegan.training.progress import TrainingBar


class Fitting:
    """Draws `fit_size` faces for each of `fit_draws`, the first of streams that nothing else uses.

    each: called before a batch is drawn; it may raise to end the fit.
    """

    def __init__(
        self,
        *,
        model: Model,
        sampler: Sampler,
        batch_size: int,
        device: torch.device,
        each: Callable[[], None],
        label: str,
    ) -> None:
        self.model, self.sampler, self.batch_size, self.device, self.each = model, sampler, batch_size, device, each
        self.total, self.done, self.label = model.fit_size * len(model.fit_draws), 0, label

    def __call__(self) -> None:
        """Fits the model. Raises what `fit` raises."""
        self.done = 0
        with TrainingBar(total=self.total, done=0, label=f"{self.label}, fitting") as bar:
            self.model.fit({name: self._batches(name, bar) for name in self.model.fit_draws})

    def _batches(self, name: str, bar: TrainingBar) -> Iterator[FaceBatch]:
        size = self.model.fit_size
        for start in range(0, size, self.batch_size):
            self.each()
            count = min(self.batch_size, size - start)
            yield self.sampler.batch(f"fit/{name}", self.model.fit_draws[name], start, count).to(self.device)
            self.done += count
            bar.update(self.done)
