"""The policy: three small networks that score candidates, a softmax over them, and what GRPO needs of both.

    score(candidate) = w · tanh(W figures + Σ E[place] + b) + Σ e[place]

w and e are 0 at the beginning, so that the policy before training draws evenly among all candidates.
"""

from dataclasses import dataclass

import numpy as np
import torch
from choices import FIGURES, TABLE, Choice
from torch import Tensor, nn

HIDDEN = 32


class Scorer(nn.Module):
    def __init__(self, figures: int) -> None:
        super().__init__()
        self.inner = nn.Linear(figures, HIDDEN)
        self.words = nn.EmbeddingBag(TABLE, HIDDEN, mode="sum")
        self.outer = nn.Linear(HIDDEN, 1, bias=False)
        self.direct = nn.EmbeddingBag(TABLE, 1, mode="sum")
        nn.init.normal_(self.words.weight, std=0.02)
        nn.init.zeros_(self.outer.weight)
        nn.init.zeros_(self.direct.weight)

    def forward(self, figures: Tensor, places: Tensor, offsets: Tensor) -> Tensor:
        """@returns [candidates]"""
        hidden = torch.tanh(self.inner(figures) + self.words(places, offsets))
        return (self.outer(hidden) + self.direct(places, offsets)).squeeze(-1)


@dataclass
class Packed:
    """Choices of one head, their candidates in one row after the other."""

    figures: Tensor
    places: Tensor
    offsets: Tensor
    owner: Tensor  # [candidates] which choice a candidate is of
    starts: Tensor  # [choices] where a choice's candidates begin
    count: int


def pack(choices: list[Choice]) -> Packed:
    figures, places, lengths = zip(*(choice.pack() for choice in choices), strict=False)
    sizes = np.array([len(each) for each in figures])
    counts = np.concatenate(lengths)
    return Packed(
        figures=torch.from_numpy(np.concatenate(figures)),
        places=torch.from_numpy(np.concatenate(places)),
        offsets=torch.from_numpy(np.cumsum(counts) - counts),
        owner=torch.from_numpy(np.repeat(np.arange(len(choices)), sizes)),
        starts=torch.from_numpy(np.cumsum(sizes) - sizes),
        count=len(choices),
    )


class Policy(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.heads = nn.ModuleDict({head: Scorer(figures) for head, figures in FIGURES.items()})

    def log_probabilities(self, head: str, packed: Packed) -> Tensor:
        """@returns [candidates]: of each, among those of its choice"""
        scores = self.heads[head](packed.figures, packed.places, packed.offsets)
        top = torch.full((packed.count,), -torch.inf).scatter_reduce(0, packed.owner, scores.detach(), "amax")
        scores = scores - top[packed.owner]
        total = torch.zeros(packed.count).index_add(0, packed.owner, scores.exp())
        return scores - total.log()[packed.owner]

    @torch.no_grad()
    def draw(self, head: str, choices: list[Choice], noise: torch.Generator) -> tuple[list[int], list[float]]:
        """@returns for each choice which candidate was drawn, and the log of its probability"""
        packed = pack(choices)
        logs = self.log_probabilities(head, packed)
        gumbel = -torch.log(-torch.log(torch.rand(len(logs), generator=noise).clamp_(1e-12, 1 - 1e-7)))
        keys = (logs + gumbel).numpy()
        taken, said = [], []
        for at, choice in enumerate(choices):
            start = int(packed.starts[at])
            best = int(np.argmax(keys[start : start + len(choice.options)]))
            taken.append(best)
            said.append(float(logs[start + best]))
        return taken, said
