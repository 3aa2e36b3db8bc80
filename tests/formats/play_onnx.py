#!/usr/bin/python3
"""play_onnx.py NAME...: is each NAME.onnx valid, and does its graph, worked out here operator by
operator in double precision and in two halves, give the test output of NAME.safetensors? So it does
in OpenCV and in onnxruntime, where Python has them."""
import importlib
import json
import struct
import sys
import traceback

import numpy as np
import onnx
from onnx import numpy_helper


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


def elu(v):
    return np.maximum(v, 0) + np.expm1(np.minimum(v, 0))


def lstm(x, w, r, b, h, c, p, _):
    z = w @ x + r @ h + b[: len(b) // 2] + b[len(b) // 2 :]
    i, o, f, g = np.split(z, 4)
    p_i, p_o, p_f = np.zeros((3, len(c))) if p is None else np.split(p, 3)
    c = sigmoid(f + p_f * c) * c + sigmoid(i + p_i * c) * np.tanh(g)
    return sigmoid(o + p_o * c) * np.tanh(c), c


def gru(x, w, r, b, h, c, _, attributes):
    z, reset, new = np.split(w @ x + b[: len(b) // 2], 3)
    hz, hr, hn = np.split(r @ h + b[len(b) // 2 :], 3)
    z, reset = sigmoid(z + hz), sigmoid(reset + hr)
    if attributes["linear_before_reset"]:
        hn = reset * hn
    else:
        hn = np.split(r @ (reset * h) + b[len(b) // 2 :], 3)[2]
    return (1 - z) * np.tanh(new + hn) + z * h, c


def rnn(x, w, r, b, h, c, _, attributes):
    f = {b"Tanh": np.tanh, b"Sigmoid": sigmoid, b"Relu": lambda v: np.maximum(v, 0), b"Elu": elu}
    return f[attributes["activations"][0]](w @ x + r @ h + b[: len(b) // 2] + b[len(b) // 2 :]), c


def recurrent(step, node, x, w, r, b, _, h, c=None, p=None):
    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    assert attributes["hidden_size"] == r.shape[2] == h.shape[2]
    h, c = h[0, 0], c if c is None else c[0, 0]
    out = []
    for frame in x[:, 0]:
        h, c = step(frame, w[0], r[0], b[0], h, c, None if p is None else p[0], attributes)
        out.append(h)
    return np.array(out)[:, None, None], h[None, None], None if c is None else c[None, None]


def run(graph, given):
    """Outputs by name."""
    values = {t.name: numpy_helper.to_array(t).astype(np.float64) for t in graph.initializer}
    values.update(given)
    values[""] = None
    for node in graph.node:
        a = [values[name] for name in node.input]
        if node.op_type in ("LSTM", "GRU", "RNN"):
            step = {"LSTM": lstm, "GRU": gru, "RNN": rnn}[node.op_type]
            results = recurrent(step, node, *a)
        elif node.op_type == "Squeeze":
            results = [np.squeeze(a[0], tuple(a[1].astype(int)))]
        elif node.op_type == "Slice":
            assert a[1] == [0] and a[3] == [2]
            results = [a[0][:, :, : int(a[2][0])]]
        elif node.op_type == "Softmax":
            e = np.exp(a[0] - a[0].max(-1, keepdims=True))
            results = [e / e.sum(-1, keepdims=True)]
        elif node.op_type == "ReduceMean":
            axes = tuple(onnx.helper.get_attribute_value(node.attribute[0]))
            results = [a[0].mean(axes, keepdims=True)]
        else:
            operator = {"MatMul": np.matmul, "Add": np.add, "Sub": np.subtract, "Mul": np.multiply,
                        "Div": np.divide, "Sqrt": np.sqrt, "Sigmoid": sigmoid}[node.op_type]
            results = [operator(*a)]
        values.update(zip(node.output, results))
    return {value.name: values[value.name] for value in graph.output}


def at_hand(name):
    """A module, or None."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def for_opencv(model, frames):
    """OpenCV has LSTMs and GRUs, but no state that comes out of a GRU, and wants the dimension to
    squeeze as an attribute: as of opset 11. Its Python takes a third dimension for colours, so that
    the input gets one of its own here."""
    older = onnx.ModelProto.FromString(model.SerializeToString())
    older.opset_import[0].version = 11
    for node in older.graph.node:
        if node.op_type == "Squeeze":
            del node.input[1:]
            node.attribute.append(onnx.helper.make_attribute("axes", [1]))
        if node.op_type == "GRU":
            del node.output[1:]
        if node.op_type == "Softmax":  # the last dimension, as of opset 13
            node.attribute.append(onnx.helper.make_attribute("axis", 2))
    older.graph.node.insert(0, onnx.helper.make_node("Unsqueeze", ["flat"], ["input"], axes=[1]))
    del older.graph.input[:]
    older.graph.input.append(
        onnx.helper.make_tensor_value_info("flat", onnx.TensorProto.FLOAT, frames.shape))
    del older.graph.output[:]
    older.graph.output.extend(value for value in model.graph.output if value.name == "output")
    return older


def is_common(node):
    """Has a cell no peepholes, and no reset before the product?"""
    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    return len(node.input) < 8 and attributes.get("linear_before_reset", 1) == 1


def by_opencv(model, x):
    """None for what it does not have: plain RNNs, and peepholes, which it leaves out; nor for a reset
    before the product, which it has not been seen to play."""
    cv2 = at_hand("cv2")
    if not cv2 or not all(node.op_type != "RNN" and is_common(node) for node in model.graph.node):
        return None
    frames = x[:, 0]
    older = for_opencv(model, frames).SerializeToString()
    net = cv2.dnn.readNetFromONNX(np.frombuffer(older, np.uint8))
    net.setInput(frames, "flat")
    return net.forward("output")


def by_onnxruntime(model, x):
    """In two halves. None if it is not there."""
    onnxruntime = at_hand("onnxruntime")
    if not onnxruntime:
        return None
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_outputs()]
    first = dict(zip(names, session.run(names, {"input": x[:1000]})))
    state = {name[0] + "0" + name[2:]: first[name] for name in names if name != "output"}
    second = session.run(["output"], {"input": x[1000:], **state})
    return np.concatenate([first["output"], second[0]])


def tensors(path):
    with open(path, "rb") as file:
        data = file.read()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:start])
    return {
        name: np.frombuffer(data[start + t["data_offsets"][0] : start + t["data_offsets"][1]], "<f4")
        .reshape(t["shape"]).astype(np.float64)
        for name, t in header.items() if name != "__metadata__"
    }, header["__metadata__"]


def check(name):
    model = onnx.load(name + ".onnx")
    onnx.checker.check_model(model, full_check=True)
    stored, metadata = tensors(name + ".safetensors")
    properties = {p.key: p.value for p in model.metadata_props}
    assert properties["sample_rate"] == "44100.0", properties

    x = stored["selftest.input"][:, None, :]
    for k, knob in enumerate(json.loads(metadata.get("knobs", "[]"))):
        column = x.shape[2] - len(json.loads(metadata["knobs"])) + k
        x[:, :, column] = (x[:, :, column] - knob["min"]) / (knob["max"] - knob["min"])
        assert properties["input_%d" % column] == knob["name"], properties
    first = run(model.graph, {"input": x[:1000]})
    state = {output[0] + "0" + output[2:]: first[output] for output in first if output != "output"}
    second = run(model.graph, {"input": x[1000:], **state})
    output = np.concatenate([first["output"], second["output"]])[:, 0]
    played = {"here": output}
    for program, by in (("OpenCV", by_opencv), ("onnxruntime", by_onnxruntime)):
        found = by(model, x.astype(np.float32))
        if found is not None:
            played[program] = found.reshape(output.shape)
    for program, found in played.items():
        worst = np.abs(found - stored["selftest.output"]).max()
        print("%s, %s: %.2g" % (name, program, worst))
        assert worst <= 1e-5, "differs by %g in %s" % (worst, program)


for module in ("cv2", "onnxruntime"):
    if not at_hand(module):
        print("no module %s for %s: it does not play the files" % (module, sys.executable))
n_failed = 0
for name in sys.argv[1:]:
    try:
        check(name)
    except Exception:
        print("FAILED: %s.onnx: %s" % (name, traceback.format_exc()))
        n_failed += 1
sys.exit(n_failed > 0)
