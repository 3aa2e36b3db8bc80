#!/bin/sh
# tonecell info: its text and JSON describe the model correctly.
. "${srcdir:-.}/tests/support/scratch.sh"

# holds FILE TEXT: fails unless the file contains the text, ignoring differences in white space.
holds() {
	tr -s ' \n' '  ' <"$1" | grep -qF -e "$2" || fail "$1 lacks '$2': $(cat "$1")"
}

"$make_model" --cell gru --hidden 3 --layers 2 --knobs 1 --rate 48000 --name Amp \
	--label amp m.safetensors || fail "no model"
"$tonecell" info m.safetensors >text || fail "info fails"
"$tonecell" info --json m.safetensors >json || fail "info --json fails"

# Layer 1: 9 rows of 2 inputs, 3 units and 2 biases; layer 2: of 3, 3 and 2; readout: 3 and 1.
holds text 'layer 1 gru (tanh), inputs 2, units 3, weights 63'
holds text 'layer 2 gru (tanh), inputs 3, units 3, weights 72'
holds text 'Weights 139'
holds text 'Sample rate 48000 Hz'
holds text 'Knobs Knob 1, 0 to 10 [5]'
holds json '"cell": "gru", "activation": "tanh", "inputs": 2, "hidden": 3, "weights": 63 }'
holds json '"weights": 139,'
holds json '"name": "Amp"'
holds json '"label": "amp"'
holds json '"sample_rate": 48000.0'
holds json '"name": "Knob 1", "unit": "", "min": 0.0, "max": 10.0, "default": 5.0'
holds json '"loudness_db": null'
holds json '"size": '"$(wc -c <m.safetensors)"','
holds json '"training": null'
holds json '"stored": false'
[ "$(grep -c '^{$' json) $(tail -n 1 json)" = "1 }" ] || fail "the JSON is not one object"

# The initial state is called settled according to its drift.
drift=$(sed -n 's/.*"drift": \([0-9.e-]*\).*/\1/p' json)
settled=$(sed -n 's/.*"settled": \([a-z]*\).*/\1/p' json)
[ "$(echo "$drift" | awk '{ print ($1 < 1e-4) ? "true" : "false" }')" = "$settled" ] ||
	fail "drift $drift is settled: $settled"
sed -n 's/.*"\(ns_per_sample\|core_percent\)": \([0-9.e-]*\).*/\2/p' json | head -n 2 |
	awk '$1 > 0 { n++; v[n] = $1 } END { exit !(n == 2 && v[2] / (v[1] * 48000e-7) > 0.999 && v[2] / (v[1] * 48000e-7) < 1.001) }' ||
	fail "core_percent is not ns_per_sample at 48000 Hz: $(cat json)"

# The cost at the usual rates; at those that are not the model's it includes the conversion.
for rate in 44100.0 48000.0 96000.0; do
	grep -A 1 "\"sample_rate\": $rate" json | grep -q '"core_percent": [0-9.]*[1-9]' ||
		fail "no cost at $rate Hz: $(cat json)"
done

# The state of one unit with a recurrent weight below 0.5 decays within a hundredth of a second.
"$make_model" --cell rnn --hidden 1 --rate 48000 small.safetensors || fail "no model"
"$tonecell" info --json small.safetensors >json || fail "info --json fails"
for key in start_s burst_s; do
	sed -n 's/.*"'$key'": \([0-9.e-]*\).*/\1/p' json | awk '$1 < 0.01 { n++ } END { exit n != 1 }' ||
		fail "a network with short memory: $(cat json)"
done

# On silence the output of the first is constant, of the second alternates between 0.5 and -0.5.
network='"model_data": {"input_size": 1, "skip": 0, "unit_type": "RNN", "hidden_size": 1, "sample_rate": 48000}'
cat >constant.json <<END
{$network, "state_dict": {"rec.weight_ih_l0": [[1]], "rec.weight_hh_l0": [[0]], "lin.weight": [[1]],
 "lin.bias": [0.25]}}
END
cat >humming.json <<END
{$network, "state_dict": {"rec.weight_ih_l0": [[1]], "rec.weight_hh_l0": [[-4]],
 "rec.bias_ih_l0": [0.1], "lin.weight": [[0.5]]}}
END
"$tonecell" info constant.json >text || fail "info fails"
holds text 'On silence DC 0.25, noise 0 RMS'
holds text 'Health has a constant output of 0.25 on silence (DC)'
# Weights of 0 leave nothing of the input.
sed 's/"rec.weight_ih_l0": \[\[1\]\]/"rec.weight_ih_l0": [[0]]/' constant.json >dead.json
"$tonecell" info dead.json >text || fail "info fails"
holds text 'Sensitivity the output does not change with noise of -120 dB in loud notes'
"$tonecell" info humming.json >text || fail "info fails"
holds text 'hums on silence: its output oscillates at 24000 Hz with -6 dB'
"$tonecell" info --json humming.json >json || fail "info --json fails"
for range in 'silence -0.01 0.01' 'silence_noise 0.49 0.5'; do
	set -- $range
	tr -d ' \n' <json | sed 's/.*"'"$1"'":\[\([^]]*\)\].*/\1/' |
		awk -v low="$2" -v high="$3" '$1 > low && $1 < high { n++ } END { exit n != 1 }' ||
		fail "$1 is not within $2 and $3: $(cat json)"
done

tr -d ' \n' <json | grep -q '"faults":\[[^]]*"hums"' || fail "it does not hum: $(cat json)"

# y = x / 2: noise of -120 dB stays at that level, and there is no aliasing.
sed 's/"lin.bias": \[0.25\]/"lin.bias": [0]/; s/\[\[1\]\],$/[[0.5]],/' constant.json >quiet.json
"$tonecell" info quiet.json >text || fail "info fails"
holds text 'Health no fault found'
holds text 'Forgets a loud burst within 0.000 s of silence'
grep -q '^Aliasing .* dB at 1 kHz, .* dB at 5 kHz, sines at full scale$' text ||
	fail "no aliasing: $(cat text)"

# At 8 kHz no sine above 3.6 kHz can be measured.
"$make_model" --cell rnn --hidden 1 --rate 8000 slow.safetensors || fail "no model"
"$tonecell" info slow.safetensors >slow || fail "info of a slow model ends with $?"
grep -q '^Aliasing .* dB at 3 kHz, sines at full scale$' slow || fail "info says $(grep Alias slow)"

echo nonsense >bad.safetensors
for bad in bad.safetensors missing.safetensors; do
	"$tonecell" info "$bad" >out 2>err && fail "info takes $bad"
	[ ! -s out ] || fail "info of $bad writes $(cat out)"
	grep -q "^tonecell info: $bad: " err || fail "info of $bad says $(cat err)"
done

[ $failures -eq 0 ]
