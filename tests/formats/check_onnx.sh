#!/bin/sh
# Models as ONNX: valid for its checker, and the graph gives what the model gives.
source=$(cd "${srcdir:-.}" && pwd)
. "$source/tests/support/scratch.sh"

# Debian's module is for Debian's python3, which another one may hide.
python=
for candidate in /usr/bin/python3 python3; do
	[ -n "$python" ] || ! "$candidate" -c 'import onnx, numpy' 2>/dev/null || python=$candidate
done
if [ -z "$python" ]; then
	echo "no module onnx for python3 (Debian: python3-onnx): ONNX files are not checked"
	exit 77
fi
# convert NAME: write the ONNX of NAME.safetensors, to be played when all are there.
names=
convert() {
	"$tonecell" convert "$1.safetensors" "$1.onnx" >out 2>err || fail "$1 is not written: $(cat err)"
	names="$names $1"
}

# try NAME OPTION...: a model made with these options.
try() {
	file=$1
	shift
	"$make_model" "$@" "$file.safetensors" || fail "$file is not made"
	convert "$file"
}

for cell in rnn lstm lstm-peephole gru gru-reset-before; do
	try $cell --cell $cell --hidden 7
	try $cell-deep --cell $cell --hidden 5 --layers 3 --knobs 2
	try $cell-residual --cell $cell --hidden 5 --layers 4 --residual
	try $cell-norm --cell $cell --hidden 5 --layers 3 --residual --layer-norm
	try $cell-stereo --cell $cell --hidden 4 --inputs 2 --outputs 2 --knobs 1
done
try gate --cell lstm --hidden 4 --inputs 2 --outputs 1 --readout logistic
try letters --cell gru --hidden 6 --inputs 4 --outputs 4 --readout softmax

# Dense layers with an activation are RNNs without memory.
cat >dense.json <<END
{"in_shape": [1], "samplerate": 44100, "layers": [
  {"type": "dense", "activation": "elu", "shape": [2], "weights": [[[2, -3]], [0.5, 0.25]]},
  {"type": "dense", "activation": "relu", "shape": [1], "weights": [[[1], [-1]], [0.5]]},
  {"type": "dense", "shape": [1], "weights": [[[1.5]], [-0.25]]}]}
END
"$tonecell" convert dense.json dense.safetensors >out 2>err || fail "no model: $(cat err)"
convert dense

# shellcheck disable=SC2086
"$python" "$source/tests/formats/play_onnx.py" $names || fail "not all files are what they should be"

[ $failures -eq 0 ]
