#!/bin/sh
# tonecell diagnose: its text and JSON are consistent, its plots have their format, and errors are
# reported in a sentence. The numbers themselves are checked in check_diagnose.
. "${srcdir:-.}/tests/support/scratch.sh"
command -v sox >/dev/null || { echo "skipped: sox is missing, which makes the sounds"; exit 77; }

"$make_model" --cell lstm --hidden 5 --layers 2 --knobs 1 --rate 48000 lstm.safetensors &&
	"$make_model" --cell rnn --hidden 1 --rate 48000 rnn.safetensors &&
	"$make_model" --cell gru --hidden 3 --inputs 2 --rate 48000 pair.safetensors || fail "no models"
sox -R -n -r 48000 -b 16 mono.wav synth 0.2 whitenoise gain -9 &&
	sox -R -n -r 48000 -b 16 -c 2 stereo.wav synth 0.1 pinknoise gain -9 &&
	sox -R -n -r 44100 -b 16 other.wav synth 0.1 pinknoise gain -9 || fail "no sounds"

# holds FILE TEXT: fails unless the file contains the text, ignoring differences in white space.
holds() {
	tr -s ' \n' '  ' <"$1" | grep -qF -e "$2" || fail "$1 lacks '$2': $(cat "$1")"
}

# number KEY: its value in the JSON, the first if there are several.
number() {
	sed -n "s/^ *\"$1\": \([^,]*\),*$/\1/p" json | head -n 1
}

# ------------------------------------------------------------------ what it prints

"$tonecell" diagnose -q -m lstm.safetensors --places 3 --lag 100 --plot flow.svg mono.wav \
	>text 2>err || fail "diagnose fails: $(cat err)"
[ ! -s err ] || fail "diagnose -q says $(cat err)"
holds text 'Gradient flow vanishing beyond '
holds text 'What to change - nothing, if the device has no memory longer than that'
holds text 'here 480 samples (10 ms)' # as long as it should be
holds text '- train with --memory 480, which initialises the gate biases'
holds text 'Signal 3 positions of 101 samples (2.1 ms) in mono.wav, 0.20 s'
holds text 't-k ms ds_t/ds_k bound dy_t/ds_k layer 1 h c layer 2 h c 0 0 1 1 '
holds text 'dB of the output change with noise of -120 dB in the signal'
holds text 'Health has a constant output of '
for gate in '1 lstm, 5 units input' forget candidate '2 lstm, 5 units input'; do
	holds text " $gate "
done

"$tonecell" diagnose -q --json -m lstm.safetensors --places 3 --lag 100 --plot flow.PNG mono.wav \
	>json 2>err || fail "diagnose --json fails: $(cat err)"
[ "$(grep -c '^{$' json) $(tail -n 1 json)" = "1 }" ] || fail "the JSON is not one object"
if command -v python3 >/dev/null; then
	python3 -c 'import json
found = json.load(open("json"))
n = len(found["lags"])
assert found["lags"][0] == 0 and found["lags"][-1] == 100
for curve in [found["bound"], *found["ds_ds"].values(), *found["dy_ds"].values()]:
    assert len(curve) == n
for layer in found["layers"]:
    assert len(layer["dy_dh"]) == len(layer["dy_dc"]) == n and len(layer["gates"]) == 4
    for gate in layer["gates"]:
        assert len(gate["singular_values"]) == 5
        assert gate["spectral_radius"] <= gate["singular_values"][0]' ||
		fail "the JSON is not what it should be: $(cat json)"
fi
number sensitivity_db | awk '$1 > -200 && $1 < -20 { n++ } END { exit n != 1 }' ||
	fail "sensitivity: $(number sensitivity_db)"
[ "$(number verdict)" = '"vanishing"' ] || fail "verdict: $(number verdict)"
[ "$(number places) $(number frames_per_place) $(number frames)" = "3 101 9600" ] ||
	fail "other positions: $(cat json)"
memory=$(number median | sed 's/\..*//')
grep -q "^Memory  *$memory samples" text || fail "the memory is $memory in JSON: $(cat text)"

# The verdict is about the reach.
"$tonecell" diagnose -q --json -m lstm.safetensors --reach 1 mono.wav >json || fail "--reach fails"
[ "$(number verdict)" = '"healthy"' ] || fail "a reach of one sample: $(number verdict)"

"$tonecell" diagnose -q --lag 2 -m lstm.safetensors mono.wav >out || fail "--lag 2 fails"
holds out 'healthy over 2 samples'
holds out 'nothing yet: the largest lag that was measured is below 480 samples (10 ms) (--reach)'

# A knob is turned, and the numbers change.
"$tonecell" diagnose -q -m lstm.safetensors --knob 'Knob 1=9' --places 3 --lag 100 mono.wav >turned ||
	fail "--knob fails"
cmp -s text turned && fail "the knob has no effect"

"$tonecell" diagnose -q -m rnn.safetensors mono.wav >out || fail "diagnose of an rnn fails"
holds out '- train with --cell lstm or --cell gru'

# One plain unit: its one weight is its spectrum, and the bound that of theory.
"$tonecell" diagnose -q --json -m rnn.safetensors mono.wav >json || fail "diagnose of an rnn fails"
[ "$(number gamma)" = 1.0 ] || fail "gamma of tanh: $(number gamma)"
radius=$(number spectral_radius)
[ "$(number step_bound)" = "$radius" ] || fail "bound $(number step_bound), radius $radius"
holds json "\"singular_values\": [ $radius ]"

# ------------------------------------------------------------------ plots

[ "$(head -c 5 flow.svg)" = '<?xml' ] && grep -q '<svg ' flow.svg && [ "$(tail -n 1 flow.svg)" = '</svg>' ] ||
	fail "no SVG: $(head -c 200 flow.svg)"
[ "$(head -c 8 flow.PNG | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ] &&
	tail -c 8 flow.PNG | head -c 4 | grep -q IEND || fail "no PNG"
ls -A | grep -v -e safetensors -e wav -e json -e text -e err -e turned -e out -e flow &&
	fail "more than the plots was left"

# ------------------------------------------------------------------ channels

"$tonecell" diagnose -m rnn.safetensors stereo.wav >out 2>err || fail "diagnose of stereo fails"
holds err 'stereo.wav: the first 1 of 2 channels is used'
"$tonecell" diagnose -q -m pair.safetensors stereo.wav >out 2>err || fail "two inputs: $(cat err)"

# ------------------------------------------------------------------ what it refuses

# refused STATUS SENTENCE ARGUMENT...: fails unless diagnose ends with this status and message.
refused() {
	wanted=$1 sentence=$2
	shift 2
	"$tonecell" diagnose -q "$@" >out 2>err
	status=$?
	[ $status -eq "$wanted" ] || fail "diagnose $*: status $status, expected $wanted"
	[ ! -s out ] || fail "diagnose $* writes $(cat out)"
	[ "$(head -n 1 err)" = "tonecell diagnose: $sentence" ] || fail "diagnose $* says $(cat err)"
}

echo nonsense >bad.safetensors
printf 'nonsense' >bad.wav
: >kept.svg
refused 2 "--model is missing" mono.wav
refused 2 "--plot: 'flow.pdf' ends neither in .svg nor in .png" -m rnn.safetensors --plot flow.pdf mono.wav
refused 2 "--knob: 'Gain=1': no knob of this name; the model has no knobs" \
	-m rnn.safetensors --knob Gain=1 mono.wav
refused 1 "other.wav: has 44100 Hz, but the model was made at 48000 Hz" -m rnn.safetensors other.wav
refused 1 "mono.wav: has 1 channel, but the model has 2 audio inputs" -m pair.safetensors mono.wav
refused 1 "nowhere/flow.svg: cannot be written: No such file or directory" \
	-m rnn.safetensors --plot nowhere/flow.svg mono.wav
for bad in bad.safetensors missing.safetensors; do
	"$tonecell" diagnose -m $bad mono.wav >out 2>err && fail "diagnose takes $bad"
	grep -q "^tonecell diagnose: $bad: " err || fail "diagnose of $bad says $(cat err)"
done
for bad in bad.wav missing.wav; do
	"$tonecell" diagnose -m rnn.safetensors --plot kept.svg $bad >out 2>err && fail "diagnose takes $bad"
	grep -q "^tonecell diagnose: $bad: " err || fail "diagnose of $bad says $(cat err)"
	[ ! -s kept.svg ] || fail "a plot of nothing was written"
done
"$tonecell" diagnose -m rnn.safetensors >out 2>&1
[ $? -eq 2 ] || fail "a missing signal is accepted"

[ $failures -eq 0 ]
