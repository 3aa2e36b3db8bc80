#!/usr/bin/python3
"""Write the golden files of check_golden.c with PyTorch (Debian: python3-torch).

Usage: make_golden.py [FOLDER]        (default: where this script is)

Each file is a model as core/formats/native.c reads it, and beside it

    golden.input     [T][I]  audio, then knobs in the user's unit
    golden.output    [T][1]  what PyTorch makes of it

and, in those with gradients, of L = sum over t of golden.weight[t] * golden.output[t]:

    golden.weight    [T][1]
    golden.gradient.NAME     dL/dNAME through all T frames, the initial state held fixed

What PyTorch has no layer for is spelt out in its tensors, and derived by its autograd.

Weights and inputs are float32. PyTorch computes in float64 from them, and its results are rounded
to float32 once, so that a difference is Tonecell's own. The files are the same in each run with
the same version of PyTorch.
"""
import json
import pathlib
import struct
import sys

import torch

FRAMES = 512
KNOBS = [
    {"name": "Drive", "unit": "", "min": 0, "max": 10, "default": 5, "at_min": -1, "at_max": 1},
    {"name": "Tone", "unit": "Hz", "min": 200, "max": 3200, "default": 200, "at_min": 0, "at_max": 2},
]

# name: cell, activation, layers, units, knobs, gain of the direct path, gradients
MODELS = {
    "rnn1": ("rnn", "tanh", 1, 12, 0, 1.0, False),
    "rnn2": ("rnn", "relu", 2, 8, 0, 0.0, False),
    "lstm1": ("lstm", "tanh", 1, 12, 0, 1.0, False),
    "lstm2": ("lstm", "tanh", 2, 8, 0, -1.0, True),
    "lstm_knobs": ("lstm", "tanh", 1, 10, 2, 1.0, False),
    "gru1": ("gru", "tanh", 1, 12, 0, 1.0, False),
    "gru2": ("gru", "tanh", 2, 9, 0, 0.0, True),
    "peephole2": ("lstm-peephole", "tanh", 2, 8, 0, 1.0, True),
    "reset_before2": ("gru-reset-before", "tanh", 2, 8, 0, -1.0, True),
}


def safetensors(tensors, metadata):
    """The bytes of a file with these float32 tensors."""
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        values = tensor.detach().to(torch.float32).contiguous().numpy().astype("<f4").tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(values)],
        }
        data += values
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def make_input(knobs, generator):
    """Decaying tones over noise with a pause, then the knobs in steps."""
    t = torch.arange(FRAMES, dtype=torch.float64)
    tone = torch.sin(0.05 * t * (1 + t / FRAMES)) * torch.exp(-(t % 200) / 120)
    noise = 0.1 * torch.randn(FRAMES, generator=generator, dtype=torch.float64)
    audio = ((t < 300) | (t > 360)) * (tone + noise)
    columns = [audio]
    for k in range(knobs):
        low, high = KNOBS[k]["min"], KNOBS[k]["max"]
        columns.append(low + (high - low) * ((t // (64 + 32 * k)) % 5) / 4)
    return torch.stack(columns, 1).float()


def at_network(x):
    """What the network is given: audio as it is, knobs mapped from the user's unit."""
    x = x.double()
    for k, knob in enumerate(KNOBS[: x.shape[1] - 1]):
        part = (x[:, 1 + k] - knob["min"]) / (knob["max"] - knob["min"])
        x[:, 1 + k] = knob["at_min"] + part * (knob["at_max"] - knob["at_min"])
    return x


def lstm_peephole_step(x, h, c, w_ih, w_hh, b_ih, b_hh, peephole):
    i, f, g, o = (w_ih @ x + b_ih + w_hh @ h + b_hh).chunk(4)
    p_i, p_f, p_o = peephole
    c = torch.sigmoid(f + p_f * c) * c + torch.sigmoid(i + p_i * c) * torch.tanh(g)
    return torch.sigmoid(o + p_o * c) * torch.tanh(c), c


def gru_reset_before_step(x, h, c, w_ih, w_hh, b_ih, b_hh):
    n = len(h)
    r, z = torch.sigmoid(w_ih[: 2 * n] @ x + b_ih[: 2 * n] + w_hh[: 2 * n] @ h + b_hh[: 2 * n]).chunk(2)
    new = torch.tanh(w_ih[2 * n :] @ x + b_ih[2 * n :] + w_hh[2 * n :] @ (r * h) + b_hh[2 * n :])
    return (1 - z) * new + z * h, c


class Layers(torch.nn.Module):
    """Layers with PyTorch's names and first weights, of a step of our own."""

    def __init__(self, step, gates, peepholes, input_size, hidden_size, num_layers):
        super().__init__()
        self.step = step
        for layer in range(num_layers):
            rows, inputs = gates * hidden_size, hidden_size if layer else input_size
            shapes = {"weight_ih": (rows, inputs), "weight_hh": (rows, hidden_size)}
            shapes.update({"bias_ih": (rows,), "bias_hh": (rows,)})
            shapes.update({"peephole": (3, hidden_size)} if peepholes else {})
            for name, shape in shapes.items():
                values = (2 * torch.rand(shape) - 1) / hidden_size**0.5
                self.register_parameter(f"{name}_l{layer}", torch.nn.Parameter(values))

    def forward(self, x, state):
        h0, c0 = state
        for layer in range(len(h0)):
            weights = [p for name, p in self.named_parameters() if name.endswith(f"_l{layer}")]
            h, c, out = h0[layer], c0[layer], []
            for frame in x:
                h, c = self.step(frame, h, c, *weights)
                out.append(h)
            x = torch.stack(out)
        return x, None


OWN = {
    "lstm-peephole": (lstm_peephole_step, 4, True),
    "gru-reset-before": (gru_reset_before_step, 3, False),
}


def make_network(cell, activation, layers, units, knobs):
    sizes = {"input_size": 1 + knobs, "hidden_size": units, "num_layers": layers}
    if cell == "rnn":
        rec = torch.nn.RNN(nonlinearity=activation, **sizes)
    elif cell in OWN:
        rec = Layers(*OWN[cell], **sizes)
    else:
        rec = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell](**sizes)
    lin = torch.nn.Linear(units, 1)
    return torch.nn.ModuleDict({"rec": rec, "lin": lin}).double()


def make_file(cell, activation, layers, units, knobs, direct, gradients, seed):
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    net = make_network(cell, activation, layers, units, knobs)
    start = 0.2 * torch.randn(2, layers, units, generator=generator, dtype=torch.float64)
    start = start.float().double()
    with torch.no_grad():
        for p in net.parameters():
            # Twice PyTorch's range: gates and tanh must leave their linear part. What has loops of
            # its own would be at the edge of chaos, where float32 tells little.
            p.copy_(({"rnn": 1, "lstm-peephole": 1.5}.get(cell, 2) * p).float().double())
    x = make_input(knobs, generator)
    u = at_network(x)
    state = (start[0], start[1]) if cell == "lstm" or cell in OWN else start[0]
    h, _ = net["rec"](u, state)
    y = net["lin"](h) + direct * u[:, :1]

    tensors = {name: p for name, p in net.named_parameters()}
    for layer in range(layers):
        tensors[f"rec.h0_l{layer}"] = start[0, layer]
        if cell.startswith("lstm"):
            tensors[f"rec.c0_l{layer}"] = start[1, layer]
    golden = {"golden.input": x, "golden.output": y}
    if gradients:
        weight = torch.randn(FRAMES, 1, generator=generator).float()
        (weight.double() * y).sum().backward()
        golden["golden.weight"] = weight
        for name, p in net.named_parameters():
            golden[f"golden.gradient.{name}"] = p.grad
    architecture = {
        "audio_inputs": 1,
        "knobs": knobs,
        "outputs": 1,
        "direct": direct,
        "layers": [{"cell": cell, "hidden": units, "activation": activation}] * layers,
    }
    metadata = {"architecture": json.dumps(architecture), "sample_rate": "48000"}
    if knobs:
        metadata["knobs"] = json.dumps(KNOBS[:knobs])
    return safetensors({**tensors, **golden}, metadata)


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    for seed, (name, model) in enumerate(MODELS.items(), 1):
        (folder / f"{name}.safetensors").write_bytes(make_file(*model, seed))


main()
