#!/bin/sh
# Models of other programs in every command that takes a model, with and without a sample rate.
. "${srcdir:-.}/tests/support/scratch.sh"

MAKE_MODEL=$make_model HOME=$PWD LADSPA_PATH=
export MAKE_MODEL HOME LADSPA_PATH

# An LSTM of one unit in three formats; the NAM file has its rate.
weights='[[0.5], [0.25], [-0.5], [1]], "rec.weight_hh_l0": [[0.1], [0.2], [0.3], [0.4]]'
cat >amp.json <<END
{"model_data": {"model": "SimpleRNN", "input_size": 1, "skip": 1, "output_size": 1,
  "unit_type": "LSTM", "num_layers": 1, "hidden_size": 1, "bias_fl": true},
 "state_dict": {"rec.weight_ih_l0": $weights, "rec.bias_ih_l0": [0.5, 0.5, 0.5, 0.5],
  "rec.bias_hh_l0": [0, 0.1, 0.2, 0.3], "lin.weight": [[1.5]], "lin.bias": [-0.25]}}
END
cat >pedal.aidax <<END
{"in_shape": [null, null, 2], "in_skip": 1, "in_gain": 3, "layers": [
  {"type": "lstm", "activation": "", "shape": [null, null, 1], "weights":
   [[[0.5, 0.25, -0.5, 1], [1, 1, 1, 1]], [[0.1, 0.2, 0.3, 0.4]], [0.5, 0.6, 0.7, 0.8]]},
  {"type": "dense", "activation": "", "shape": [null, null, 1], "weights": [[[1.5]], [-0.25]]}],
 "samplerate": "44100", "metadata": {"name": "My pedal", "license": "MIT", "esr": 0.01},
 "input_batch": [0, 0], "output_batch": [0, 0]}
END
cat >Rack.nam <<END
{"version": "0.5.4", "architecture": "LSTM", "sample_rate": 44100, "metadata": {"gear_type": "amp"},
 "config": {"input_size": 1, "hidden_size": 1, "num_layers": 1}, "weights": [0.5, 0.1, 0.25, 0.2,
  -0.5, 0.3, 1, 0.4, 0.5, 0.6, 0.7, 0.8, 0.125, -2, 1.5, -0.25]}
END

# run STATUS COMMAND ARGUMENT...: fails unless the exit status is this; writes the files out and err, and
# keeps them in words_out and words_err with one space between words.
run() {
	wanted=$1
	shift
	"$tonecell" "$@" >out 2>err
	status=$?
	words_out=$(tr -s ' \n' '  ' <out) words_err=$(tr -s ' \n' '  ' <err)
	[ $status -eq "$wanted" ] || fail "$*: status $status, expected $wanted: $(cat err)"
}

# expect_err TEXT, expect_out TEXT: fails unless stderr, stdout contains it, ignoring differences in white space.
expect_err() {
	case $words_err in *"$1"*) ;; *) fail "lacks '$1': $(cat err)" ;; esac
}

expect_out() {
	case $words_out in *"$1"*) ;; *) fail "lacks '$1': $(cat out)" ;; esac
}

assumed='amp.json: warning: its sample rate is not in the file: 44100 Hz is assumed'

# ------------------------------------------------------------------ info

run 0 info amp.json
expect_err "$assumed, as is usual for GuitarML models; --sample-rate gives another"
[ "$(wc -l <err)" -eq 1 ] || fail "the missing rate is reported more than once: $(cat err)"
expect_out 'Format GuitarML'
expect_out 'Sample rate 44100 Hz (assumed: it is not in the file)'
expect_out 'Self-test none in the file'
expect_out 'layer 1 lstm (tanh), inputs 1, units 1, weights 16'
expect_out 'direct path the input times 1 is added'
run 0 info --sample-rate 96000 --json amp.json
[ ! -s err ] || fail "a rate that is given is assumed: $(cat err)"
expect_out '"sample_rate": 96000.0'
expect_out '"sample_rate_assumed": false'
expect_out '"format": "GuitarML"'
expect_out '"selftest_error": null'
run 0 info pedal.aidax
expect_err 'pedal.aidax: warning: its stored output differs by'
expect_out 'Name My pedal'
expect_out 'Licence MIT'
expect_out 'Input gain 3 dB'
expect_out 'Self-test failed'
expect_out 'Knobs PARAM1, 0 to 1 [0]'
run 0 info Rack.nam
[ ! -s err ] || fail "Rack.nam: says $(cat err)"
expect_out 'Sample rate 44100 Hz'
expect_out 'Initial state stored'
expect_out 'gear_type "amp"'

# Activations that only networks of other programs have.
cat >dense.json <<END
{"in_shape": [1], "layers": [
  {"type": "dense", "activation": "elu", "shape": [2], "weights": [[[2, -3]], [0.5, 0.25]]},
  {"type": "dense", "activation": "softmax", "shape": [2], "weights": [[[1, 0], [0, 1]]]},
  {"type": "dense", "shape": [1], "weights": [[[1.5], [1]], [-0.25]]}]}
END
run 0 info dense.json
expect_out 'layer 1 rnn (elu), inputs 1, units 2'
expect_out 'layer 2 rnn (softmax), inputs 2, units 2'
run 0 convert dense.json dense.safetensors
run 0 convert --to keras dense.safetensors again.json
grep -q softmax again.json || fail "the softmax is lost: $(cat again.json)"
run 0 info again.json
run 1 convert --to onnx dense.safetensors no.onnx
expect_err 'ONNX has no RNN with softmax, but layer 1 is one'
run 0 bundle -o dense.so dense.json

# An assumed rate stays assumed in files of Tonecell, and is no fact in other formats.
run 0 convert amp.json assumed.safetensors
run 0 info --json assumed.safetensors
expect_err 'its sample rate of 44100 Hz was assumed when it was converted'
expect_out '"sample_rate_assumed": true'
run 0 bundle -o assumed.so assumed.safetensors
run 0 info --json assumed.so
expect_out '"sample_rate_assumed": true'
run 0 convert --to nam assumed.so assumed.nam
expect_err 'assumed.nam: states no sample rate'
grep -q sample_rate assumed.nam && fail "the assumed rate was written: $(cat assumed.nam)"
run 0 convert --to nam --sample-rate 44100 assumed.so stated.nam
grep -q '"sample_rate":44100' stated.nam || fail "the stated rate is missing: $(cat stated.nam)"

# A knob's initial value survives formats that have none.
cat >knob.json <<END
{"model_data": {"model": "SimpleRNN", "input_size": 2, "skip": 1, "output_size": 1,
  "unit_type": "LSTM", "num_layers": 1, "hidden_size": 1, "bias_fl": true},
 "state_dict": {"rec.weight_ih_l0": [[0.5, 0.1], [0.25, 0.1], [-0.5, 0.1], [1, 0.1]],
  "rec.weight_hh_l0": [[0.1], [0.2], [0.3], [0.4]], "rec.bias_ih_l0": [0.5, 0.5, 0.5, 0.5],
  "rec.bias_hh_l0": [0, 0.1, 0.2, 0.3], "lin.weight": [[1.5]], "lin.bias": [-0.25]}}
END
run 0 convert --to keras knob.json knob-keras.json
expect_err 'initial values of the knobs are for Tonecell'
run 0 info knob-keras.json
expect_out 'Knobs Gain, 0 to 1 [0.5]'

# One unit with recurrent weight 0.999: at state 0 it stays; from 1 it decays as 1 / sqrt(2 t / 3)
# because of tanh, then as 0.999^t: thousands of frames after a burst.
cat >slow.json <<END
{"model_data": {"input_size": 1, "skip": 0, "unit_type": "RNN", "hidden_size": 1, "sample_rate": 48000},
 "state_dict": {"rec.weight_ih_l0": [[1]], "rec.weight_hh_l0": [[0.999]], "lin.weight": [[1]]}}
END
run 0 info --json slow.json
expect_out '"start_s": 0.0'
sed -n 's/.*"burst_s": \([0-9.e-]*\).*/\1/p' out | awk '$1 > 0.04 && $1 < 0.2 { n++ } END { exit n != 1 }' ||
	fail "the slow network settles otherwise: $(cat out)"

# All keys, in every format.
run 0 convert amp.json native.safetensors
for model in amp.json pedal.aidax Rack.nam native.safetensors; do
	run 0 info --json $model
	for key in format selftest_error audio_inputs layers weights training name author licence \
		sample_rate in_gain_db loudness_db knobs start_state start_s burst_s silence silence_noise \
		ns_per_sample core_percent; do
		expect_out "\"$key\": "
	done
done

# For several models, and for a folder, a line each.
mkdir captures && cp amp.json Rack.nam captures
echo notes >captures/README.txt
run 0 info captures
expect_out 'format network weights rate knobs self-test file'
expect_out 'NAM lstm 1 18 44100 0 none captures/Rack.nam'
expect_out 'GuitarML lstm 1 18 44100? 0 none captures/amp.json'
[ "$(wc -l <out)" -eq 3 ] && [ ! -s err ] || fail "a folder of two models: $(cat out err)"
run 0 info --json amp.json Rack.nam
expect_out '"file": "Rack.nam", "format": "NAM", "name": "", "network": "lstm 1", "weights": 18,'
echo nonsense >captures/bad.json
run 1 info captures
expect_err 'captures/bad.json: the file is neither JSON nor safetensors'
[ "$(wc -l <out)" -eq 3 ] || fail "one bad file hides the others: $(cat out)"
"$make_model" --cell gru --hidden 3 --layers 12 captures/long.safetensors || fail "no model"
run 1 info captures
awk '{ at = index($0, $NF) } NR > 1 && at != last { exit 1 } { last = at }' out ||
	fail "the columns of a long network shift: $(cat out)"
run 2 info --sample-rate 44100 amp.json Rack.nam
rm -r captures

# ------------------------------------------------------------------ install, bundle

run 0 install amp.json Rack.nam
expect_err "$assumed"
expect_err 'made at 44100 Hz'
[ -f .ladspa/tonecell_amp.so ] && [ -f .ladspa/tonecell_rack.so ] || fail "no plugins: $(ls .ladspa)"
run 0 install --sample-rate 96000 amp.json
expect_err 'made at 96000 Hz'
run 0 bundle -o pedal.so pedal.aidax
run 0 bundle -o pedal.so pedal.aidax
echo precious >diary.txt
run 1 bundle -o diary.txt pedal.aidax
expect_err 'diary.txt: exists and is no plugin of Tonecell: give another name, or --force'
[ "$(cat diary.txt)" = precious ] || fail 'bundle replaces a diary'
run 0 bundle --force -o diary.txt pedal.aidax
expect_err 'label my_pedal'
run 0 convert --input-level 12 Rack.nam levels.safetensors
run 0 bundle -o levels.so --input-level 8 levels.safetensors
run 0 info levels.so
expect_out 'Input gain -4 dB'
expect_out 'Input level 8 dBu'
echo '{"version": "0.5.4", "architecture": "WaveNet"}' >wave.nam
run 1 install wave.nam
expect_err "wave.nam: the architecture is 'WaveNet', expected LSTM"

# The folder of NAM 0.4: numpy's file has a header of 118 bytes and 16 floats.
mkdir deluxe
echo '{"version": "0.4.0", "architecture": "LSTM", "config": {"input_size": 1, "hidden_size": 1, "num_layers": 1}}' \
	>deluxe/config.json
run 1 info deluxe
expect_err 'deluxe: weights.npy, which holds the weights: cannot open'
{ printf '\223NUMPY\001\000v\000'
  printf "%-117s\n" "{'descr': '<f4', 'fortran_order': False, 'shape': (16,), }"
  head -c 64 /dev/zero; } >deluxe/weights.npy
run 0 info deluxe
expect_out 'weights 16'
run 0 info --json deluxe
expect_out "\"size\": $(cat deluxe/* | wc -c),"
run 0 install deluxe/
[ -f .ladspa/tonecell_deluxe.so ] || fail "no plugin of a folder: $(ls .ladspa)"
printf x >>deluxe/weights.npy
run 1 info deluxe
expect_err 'weights.npy has 65 bytes of values, expected 64'
{ head -c 188 deluxe/weights.npy; printf '\000\000\300\177'; } >nan.npy
mv nan.npy deluxe/weights.npy
run 1 info deluxe
expect_err 'deluxe: weights.npy: value 15 is no finite number'

# ------------------------------------------------------------------ convert

run 0 convert --sample-rate 44100 amp.json amp.safetensors
expect_out 'amp.safetensors: differs by at most 0 on noise, by 0 in the second of silence before it'
run 0 convert --to guitarml amp.safetensors again.json
expect_out 'again.json: differs by at most 0 on noise, by 0 in the second of silence before it'
expect_err 'neither NeuralPi (1 LSTM of 20 units), Proteus (40) nor TS-M1N3 (32, 2 knobs) play models'
run 0 info again.json
[ ! -s err ] || fail "the rate is not written: $(cat err)"
"$make_model" --hidden 20 pi.safetensors && run 0 convert --to guitarml pi.safetensors pi.json
expect_err 'NeuralPi plays models of this size'
"$make_model" --hidden 40 --knobs 1 proteus.safetensors && run 0 convert --to guitarml proteus.safetensors proteus.json
expect_err 'Proteus plays models of this size'
"$make_model" --hidden 32 --knobs 2 ts.safetensors && run 0 convert --to guitarml ts.safetensors ts.json
expect_err 'TS-M1N3 plays models of this size'
"$make_model" --hidden 40 --knobs 2 two.safetensors && run 0 convert --to guitarml two.safetensors two.json
expect_err 'neither NeuralPi'
run 0 convert pi.safetensors pi.aidax
run 0 info --json pi.aidax
expect_out '"format": "Keras"'
expect_out '"selftest_error": 0.0'
run 0 convert amp.safetensors amp.NAM
mv amp.NAM amp.nam
run 0 info --json amp.nam
expect_out '"format": "NAM"'
expect_out '"hidden": 2,'
expect_out '"stored": true'
run 0 convert amp.safetensors amp.onnx
expect_err 'amp.onnx: written for programs that run ONNX; tonecell does not read it'
run 1 info amp.onnx
expect_err 'amp.onnx: the file is neither JSON nor safetensors'
run 2 convert amp.safetensors amp2.json
expect_err "--to is missing: the ending of 'amp2.json' does not say the format"
run 2 convert --to guitarml amp.json amp.json
expect_err "'amp.json' is the model"
cp deluxe/config.json kept.json
run 2 convert --to keras deluxe deluxe/config.json
expect_err "'deluxe/config.json' is the model"
run 2 convert --to nam deluxe deluxe/weights.npy
expect_err "'deluxe/weights.npy' is the model"
cmp deluxe/config.json kept.json || fail "the folder's own file is replaced"
echo precious >diary.txt
run 1 convert --to nam amp.safetensors diary.txt
expect_err 'diary.txt: exists and is no model: give another name, or --force'
[ "$(cat diary.txt)" = precious ] || fail 'convert replaces a diary'
run 0 convert --to nam --force amp.safetensors diary.txt
[ ! -e diary.txt.previous ] || fail 'convert --force keeps what it replaces'
cp two.safetensors trained.safetensors
run 0 convert amp.safetensors trained.safetensors
expect_err 'trained.safetensors: the file that was there is kept as trained.safetensors.previous'
cmp two.safetensors trained.safetensors.previous || fail 'convert replaces a model'
run 0 convert amp.safetensors amp.onnx
[ ! -e amp.onnx.previous ] || fail 'the same file is kept twice'
run 2 convert --to nam amp.safetensors -
expect_err "OUT is '-', but a model cannot go to standard output"
[ ! -e ./- ] || fail "a file named - is written"
run 2 convert amp.safetensors
expect_err 'IN or OUT is missing'
run 1 convert --to aidax amp.safetensors refused.json
expect_err 'refused.json: AIDA-X plays 8, 12, 16, 20, 24, 32, 40, 64 or 80 units, but the model has 1'
run 2 convert --to midi amp.safetensors refused.json
[ ! -e refused.json ] || fail "a refused model is written"

# ------------------------------------------------------------------ process, eval

command -v sox >/dev/null || { [ $failures -eq 0 ] && echo "no sox: sounds are not tried"; exit; }
sox -R -n -r 44100 -b 16 a.wav synth 1 pluck A2 gain -20
sox -D a.wav -r 48000 fast.wav
run 0 process -q -m amp.json --format float -o by_amp.wav a.wav
expect_err "$assumed"
run 0 process -q -m amp.json --sample-rate 44100 --format float -o again.wav a.wav
[ ! -s err ] || fail "with its rate given: $(cat err)"
cmp by_amp.wav again.wav || fail "the rate changes the samples"
run 0 process -q -m amp.json --format float -o no.wav fast.wav
expect_err 'fast.wav: warning: 48000 Hz, converted to the 44100 Hz that are assumed of the model and back'
run 1 process -q --no-resample -m amp.json --sample-rate 44100 -o no2.wav fast.wav
expect_err 'fast.wav: 48000 Hz, but the model was made at 44100 Hz'
run 0 process -q -m pedal.aidax --knob PARAM1=0.5 -o by_pedal.wav a.wav
run 0 eval -q -m amp.json --sample-rate 44100 --no-align --json a.wav by_amp.wav
esr=$(sed -n 's/^  "esr": \([0-9.e-]*\),$/\1/p' out)
echo "$esr" | awk '{ exit !($1 < 1e-6) }' || fail "the model's own output has ESR '$esr'"
run 0 eval -q -m Rack.nam a.wav by_amp.wav

[ $failures -eq 0 ]
