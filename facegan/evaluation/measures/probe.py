"""A fresh probe on frozen codes: how much of an attribute a code still tells to someone who tries."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facegan.evaluation.measures.about import About
from facegan.evaluation.measures.ratio import Ratio

PROBE = About(
    name="probe",
    title="Read off the code",
    unit="share of faces, 0 to 1; 0.5 is chance",
    better="lower",
    means="Balanced accuracy on unseen faces of a network that is trained on frozen codes to tell the attribute.",
    blind="What a stronger probe would find; on too few codes it finds too little.",
)


def probe(
    learn: Tensor, labels: Tensor, exam: Tensor, answers: Tensor, *, seed: int, steps: int = 1000, hidden: int = 64
) -> Ratio:
    """Per face of the exam, whether the probe is right, weighed so that both values count the same. Chance is 0.5.

    learn, exam: codes N x ... and M x ...; labels, answers: N and M in {0, 1}. The probe is a perceptron with one
    hidden layer on standardised codes, AdamW in one cycle. The caller's random numbers stay as they were.
    """
    mean, spread = learn.flatten(1).mean(0), learn.flatten(1).std(0).clamp_min(1e-6)
    known, unseen = ((codes.flatten(1) - mean) / spread for codes in (learn, exam))
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(seed)
        network = _fit(known, labels, steps=steps, hidden=hidden)
    with torch.no_grad():
        right = network(unseen)[:, 0].gt(0).eq(answers.bool()).float()
    weights = torch.where(
        answers.bool(), 0.5 / answers.mean().clamp_min(1e-6), 0.5 / (1 - answers.mean()).clamp_min(1e-6)
    )
    return Ratio(right * weights, weights)


def _fit(codes: Tensor, labels: Tensor, *, steps: int, hidden: int) -> nn.Module:
    network = nn.Sequential(nn.Linear(codes.shape[1], hidden), nn.ReLU(), nn.Dropout(0.3), nn.Linear(hidden, 1))
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-2, fused=True)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=2e-3, total_steps=steps)
    weight = (1 - labels.mean()) / labels.mean().clamp_min(1e-6)
    for _ in range(steps):
        chosen = torch.randint(len(codes), (64,))
        loss = F.binary_cross_entropy_with_logits(network(codes[chosen])[:, 0], labels[chosen], pos_weight=weight)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rate.step()
    return network.eval()
