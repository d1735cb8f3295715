"""The independence penalty: one more term for any model that has a code, without a word about it in the model."""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from facegan.data.batch import FaceBatch
from facegan.errors import UserError

TERM = "independence"

Dependence = Callable[[Tensor, Tensor, Tensor], Tensor]
"""code N x ..., label N, given N x J -> a scalar in [0, 1]; see `losses.independence.Dependence`."""


class Independence:
    """What a code should not tell: each attribute of `of`, given the attributes of `given`; the mean over `of`.

    attributes: the model's own, which `of` and `given` are by default; an attribute is never given itself.
    code: which of the model's codes; by default the first. names: the labels that `FaceBatch.context` must hold.
    Raises UserError where nothing is named, or something twice.
    """

    def __init__(
        self,
        *,
        loss: Dependence,
        attributes: Sequence[str],
        code: str | None = None,
        of: Sequence[str] | None = None,
        given: Sequence[str] | None = None,
    ) -> None:
        self.loss, self.code = loss, code
        wanted, known = tuple(attributes if of is None else of), tuple(attributes if given is None else given)
        if not wanted or len({*wanted}) < len(wanted) or len({*known}) < len(known):
            raise UserError(f"independence.of={list(wanted)}, given={list(known)}: name attributes, each once.")
        self.given = {name: tuple(other for other in known if other != name) for name in wanted}
        self.names = tuple(dict.fromkeys([*wanted, *known]))

    def __call__(self, codes: Callable[[Tensor], Mapping[str, Tensor]], draws: Mapping[str, FaceBatch]) -> Tensor:
        """The unweighted term over all faces of a play, in [0, 1]. codes: images -> the model's codes by name.

        Raises ValueError for a batch without context.
        """
        found, labels = [], []
        for faces in draws.values():
            if faces.context is None:
                raise ValueError(f"the independence penalty needs the labels {list(self.names)} in FaceBatch.context")
            of_faces = codes(faces.images)
            found.append(of_faces[self.code or next(iter(of_faces))])
            labels.append(faces.context)
        code, context = torch.cat(found), torch.cat(labels)
        column = self.names.index
        return torch.stack(
            [
                self.loss(code, context[:, column(name)], context[:, [column(other) for other in given]])
                for name, given in self.given.items()
            ]
        ).mean()
