"""Speed of the same training in PyTorch, for tests/bench/train.sh.

Usage: torch_train.py CELL HIDDEN BATCH TRUNCATE THREADS

Forward, backward and an Adam update of a recurrent layer with a linear readout, in chunks with the
state carried on. Prints frames per second of the fastest step.
"""

import sys
import time

import torch

MEASURED_S = 3.0
LEAST_STEPS = 3


def main(cell, hidden, batch, truncate, threads):
    torch.set_num_threads(int(threads))
    hidden, batch, truncate = int(hidden), int(batch), int(truncate)
    torch.manual_seed(1)
    kinds = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
    layer, readout = kinds[cell](1, hidden), torch.nn.Linear(hidden, 1)
    parameters = list(layer.parameters()) + list(readout.parameters())
    adam = torch.optim.Adam(parameters, lr=1e-3)
    x = torch.rand(truncate, batch, 1) - 0.5
    target = torch.tanh(2.0 * x)
    state, fastest, steps, begin = None, float("inf"), 0, time.monotonic()
    while steps < LEAST_STEPS or time.monotonic() - begin < MEASURED_S:
        start = time.monotonic()
        h, state = layer(x, state)
        loss = torch.mean((readout(h) + x - target) ** 2)
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        adam.step()
        state = tuple(s.detach() for s in state) if cell == "lstm" else state.detach()
        fastest = min(fastest, time.monotonic() - start)
        steps += 1
    print(batch * truncate / fastest)


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    main(*sys.argv[1:])
