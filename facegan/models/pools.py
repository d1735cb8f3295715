"""A pool of old fakes, so that a critic does not forget what the generator made before (Shrivastava et al., CVPR 2017).

The pool is a pair of buffers of the model, which names them in `memory`: the last checkpoint has them, so that training
continues bit for bit, and the best one, which is only used, has not.
"""

import torch
from torch import Tensor


def exchanged(pool: Tensor, filled: Tensor, fakes: Tensor) -> Tensor:
    """The fakes for the critic, some of them older ones; the pool is changed in place.

    pool: P x 3 x H x W; filled: how many of its places are taken, a 0-dim integer; fakes: N x 3 x H x W.
    While there is room each fake is kept and returned. Afterwards half of them, by chance, trade places with one of the
    pool. Random numbers come from torch's global generator. Without places the fakes come back as they are.
    """
    shown = []
    for fake in fakes:
        if filled < len(pool):
            pool[int(filled)] = fake.detach()
            filled += 1
        elif len(pool) and torch.rand(()) > 0.5:
            place = int(torch.randint(len(pool), ()))
            old = pool[place].clone()
            pool[place] = fake.detach()
            fake = old
        shown.append(fake)
    return torch.stack(shown)
