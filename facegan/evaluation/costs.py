"""The cost of a model's edits, measured on a chunk of its own cases."""

from collections.abc import Mapping

from torch import Tensor

from facegan.evaluation.asking import Asked
from facegan.evaluation.cases import Case
from facegan.evaluation.measures.cost import images_per_second, multiply_adds, parameters, peak_memory
from facegan.evaluation.result import Tally

FEW = 4  # images are enough to count operations


def add_costs(asked: Asked, case: Case, tally: Tally, training: Mapping[str, float]) -> None:
    """Adds the figures of cost; of recorded answers nobody knows one, and optimised edits are timed elsewhere.

    training: `training_images` (thousands) and `training_cpu_seconds`, as far as they are known.
    """
    if asked.model.recorded:
        return
    model = asked.model

    def edit(images: Tensor) -> Tensor:
        count = len(images)
        return asked.change(case.direction, images, case.labels[:count], case.exemplar[:count])

    found = {"parameters": parameters(part for name, part in model.parts.items() if name in model.verb_parts)}
    if asked.asks_more:
        found["multiply_adds"] = multiply_adds(edit, case.source[:FEW])
        found["peak_memory"] = peak_memory(edit, case.source)
        found["images_per_second"] = images_per_second(edit, case.source)
    found |= training
    for name, value in found.items():
        tally.add_whole(name, "model", value, len(case.source))
