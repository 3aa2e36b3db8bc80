"""Read a report: read_report.py FOLDER RESULT, where RESULT is what train or eval --json printed.

Fails unless the page is well-formed, loads nothing, and shows everything with the numbers of RESULT.
"""

import base64
import csv
import io
import json
import math
import re
import sys
import wave
import xml.etree.ElementTree as ET

folder, result_path = sys.argv[1:]
result = json.load(open(result_path, encoding="utf-8"))
metrics = json.load(open(folder + "/metrics.json", encoding="utf-8"))
text = open(folder + "/report.html", encoding="utf-8").read()
page = ET.fromstring(text)  # every element is closed


def words(element):
    return " ".join("".join(element.itertext()).split())


def rounded(value):
    """Three significant digits without an exponent, as a person writes them."""
    decimals = max(2 - math.floor(math.log10(abs(value))), 0)
    shown = f"{value:.{decimals}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def rows(path):
    return list(csv.DictReader(open(folder + "/" + path, newline="", encoding="utf-8")))


# It is in English, made for phones, and loads nothing.
assert page.get("lang") == "en"
assert any(m.get("name") == "viewport" for m in page.iter("meta"))
assert not re.search(r"https?:|@import|url\(", text), "a link"
assert not list(page.iter("script")), "a script"
for element in page.iter():
    for name in ("src", "href"):
        assert element.get(name, "data:").startswith("data:"), element.tag

# The numbers are those of the result.
for key, value in result.items():
    assert metrics[key] == value, key
table = {words(row.find("th")): words(row[1]) for row in page.iter("tr") if row.find("th") is not None}
assert table["this model"] == rounded(result["esr"]), table["this model"]
assert table["one gain"] == rounded(result["esr_gain"])
assert table["128-tap FIR"] == rounded(result["esr_fir"])
assert table["network"] == "LSTM with 2 units"
assert "% of one core" in table["cost at 48 kHz"]
assert 'wet <&" ?.wav' in words(page), "the name of a file"

# The settings, data and curves of a training.
trained = "history" in metrics
assert trained == ("options" in result)
if trained:
    assert table["epochs"] == "3" and table["batch"] == "4"
    assert table["learning rate"] == rounded(result["options"]["learning_rate"])
    assert table["memory"] == table["time limit, s"] == table["average"] == "none", table
    cosine = result["options"]["schedule"] == "cosine"
    assert table["patience"] == ("not used" if cosine else str(result["options"]["patience"]))
    for pair in result["data"]:
        for part in ("input", "target"):
            assert pair[part]["hash"] in text, "a hash"
    history = metrics["history"]
    assert history[-1]["epoch"] == 3
    assert min(entry["esr"] for entry in history) == result["esr"]
    for entry, row in zip(history, rows("history.csv"), strict=True):
        for key in ("loss", "esr", "learning_rate", "gradient_norm"):
            assert math.isclose(float(row[key]), entry[key], rel_tol=1e-8), key

# The scores of the seconds.
seconds = metrics["esr_over_time"]
assert len(seconds) == (2 if trained else 12)  # 15 % of 12 s
for second, row in zip(seconds, rows("seconds.csv"), strict=True):
    assert math.isclose(float(row["esr"]), second["esr"], rel_tol=1e-8)
assert metrics["best_second"] == min(seconds, key=lambda s: s["esr"])
assert metrics["worst_second"] == max(seconds, key=lambda s: s["esr"])
assert metrics["best_second"]["esr"] <= result["esr"] <= metrics["worst_second"]["esr"]

# All figures are there, each with a name, and curves that are numbers.
figures = {words(figure.find("h3")): figure for figure in page.iter("figure")}
plots = {
    "Best second": 2, "Median second": 2, "Worst second": 2, "Error over time": 1, "Spectra": 1,
    "Transfer curve": 1, "Delay over time": 1,
}
if trained:
    plots |= {"Training and validation": 1, "Learning rate": 1, "Gradient norm": 1}
for name, n in plots.items():
    svgs = [svg for svg in figures[name].iter("svg") if svg.get("role") == "img"]
    assert len(svgs) == n, name
    for svg in svgs:
        assert words(svg.find("title")) and list(svg.iter("text")), name
        assert any(len(path.get("d")) > 10 for path in svg.iter("path")), name
    assert figures[name].find("figcaption") is not None
for name in ("Best", "Median", "Worst"):
    shown = rounded(metrics[name.lower() + "_second"]["esr"])
    assert f"ESR {shown}." in words(figures[name + " second"]), name
assert not re.search(r"\b(nan|inf)\b", text.lower()), "no number"

# The sounds: target = model + error, at the gain of all four.
sounds = []
for name in ("Input", "Target: the device", "Model", "Error: target minus model"):
    source = figures[name].find("audio").get("src")
    assert source.startswith("data:audio/wav;base64,")
    sound = wave.open(io.BytesIO(base64.b64decode(source.split(",")[1], validate=True)))
    assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 22050)
    samples = sound.readframes(sound.getnframes())
    sounds.append([int.from_bytes(samples[i:i + 2], "little", signed=True)
                   for i in range(0, len(samples), 2)])
assert len({len(sound) for sound in sounds}) == 1 and len(sounds[0]) <= 220500
assert max(abs(t - m - e) for t, m, e in zip(*sounds[1:], strict=True)) <= 6  # dither, rounding
assert max(map(abs, sounds[1])) > 3000

# It says where they come from: those seconds of the input file, as long as the sounds.
parts = re.search(r"These sounds are joined from dry.wav ([^<]*) s\.", text).group(1)
spans = [tuple(map(float, part.removesuffix(" s").split(" to "))) for part in parts.split(", ")]
assert abs(sum(stop - start for start, stop in spans) - len(sounds[0]) / 22050) < 0.11 * len(spans), spans
assert all(0 <= start < stop <= 12 for start, stop in spans), spans

# The seconds together have the score of all.
lengths = [22050] * (len(seconds) - 1)
lengths.append((len(sounds[0]) if trained else result["frames"]) - sum(lengths))
powers = [10 ** (float(row["target_level_db"]) / 10) * n
          for row, n in zip(rows("seconds.csv"), lengths, strict=True)]
pooled = sum(p * s["esr"] for p, s in zip(powers, seconds, strict=True)) / sum(powers)
assert math.isclose(pooled, result["esr"], rel_tol=1e-3), (pooled, result["esr"])
