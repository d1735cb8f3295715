"""How far a run has come: its clocks, and how many faces each stream of draws has given."""

from dataclasses import dataclass, field


@dataclass
class Progressed:
    """Plain numbers, all that a resumed run needs to know of its place besides tensors.

    clocks: `images` (training faces drawn, over all phases and draws), `rounds`, each phase's plays by its name.
    drawn: how many faces each stream (phase/draw) has given.
    """

    clocks: dict[str, int]
    drawn: dict[str, int] = field(default_factory=dict)

    @classmethod
    def start(cls, phases: tuple[str, ...]) -> "Progressed":
        """Before the first round."""
        return cls(clocks={"images": 0, "rounds": 0, **dict.fromkeys(phases, 0)})

    def take(self, stream: str, count: int) -> int:
        """The number of the first of the next `count` draws of a stream; moves the stream and the image clock on."""
        first = self.drawn.get(stream, 0)
        self.drawn[stream] = first + count
        self.clocks["images"] += count
        return first
