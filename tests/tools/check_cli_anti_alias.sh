#!/bin/sh
# tonecell train --anti-alias: a model that aliases does so less, and one that does not stays as it is.
. "${srcdir:-.}/tests/support/resumed.sh"
command -v sox >/dev/null || { echo "skipped: sox is missing, which makes the sounds"; exit 77; }
ulimit -t 60

sox -R -n -r 44100 -b 16 dry.wav synth 2 whitenoise gain -12
"$make_model" --hidden 6 --seed 3 soft.safetensors && "$make_model" --knobs 1 knob.safetensors &&
	"$make_model" --inputs 2 --control key keyed.safetensors || fail "no models"

# A GuitarML model of tanh(tanh(8 x + b)) / 5 for four values of b: its LSTM has no memory.
awk -v H=4 -v G=8 '
function value(name, row,   gate, unit) {
	gate = int(row / H)
	unit = row % H
	if (name == "weight_ih") return gate == 2 ? G : 0
	if (name != "bias_ih") return 0
	return gate == 2 ? unit - (H - 1) / 2 : gate == 1 ? -4 : 4
}
function tensor(name, columns,   row, c, text, line) {
	for (row = 0; row < 4 * H; ++row) {
		line = value(name, row)
		for (c = 1; c < columns; ++c) line = line ", 0"
		if (columns > 0) line = "[" line "]"
		text = text (row > 0 ? ", " : "") line
	}
	print "\"rec." name "_l0\": [" text "],"
}
BEGIN {
	print "{\"model_data\": {\"model\": \"SimpleRNN\", \"input_size\": 1, \"skip\": 0, \"output_size\": 1,"
	print "\"unit_type\": \"LSTM\", \"num_layers\": 1, \"hidden_size\": " H ", \"bias_fl\": true}, \"state_dict\": {"
	tensor("weight_ih", 1); tensor("weight_hh", H); tensor("bias_ih", 0); tensor("bias_hh", 0)
	for (c = 0; c < H; ++c) out = out (c > 0 ? ", " : "") 0.8 / H
	print "\"lin.weight\": [[" out "]], \"lin.bias\": [0]}}"
}' >drive.json
"$tonecell" process -q -m drive.json --format float -o wet.wav dry.wav 2>stderr || fail "$(cat stderr)"

# train OUTPUT ARGUMENT...: a training, which must succeed.
train() {
	output=$1
	shift
	"$tonecell" train --name x --no-align -o "$output" "$@" </dev/null >stdout 2>stderr ||
		fail "train $*: $(cat stderr)"
}

# refuse PATTERN ARGUMENT...
refuse() {
	pattern=$1
	shift
	"$tonecell" train -o refused.safetensors "$@" </dev/null >stdout 2>stderr
	[ $? -eq 2 ] || fail "train $*: accepted"
	grep -q -e "^tonecell train: .*$pattern" stderr || fail "train $*: $(cat stderr), expected $pattern"
}

expect_line() {
	grep -q -e "$1" "$2" || fail "'$1' is not in $2: $(cat "$2")"
}

# ------------------------------------------------------------------ a model that aliases

train less.safetensors --from drive.json --anti-alias --epochs 16 --report page dry.wav
expect_line '^aliasing of sines at full scale, before and after:$' stdout
awk '/^  [1-5] kHz/ { fall[$1] = $3 - $5; sum += $3 - $5 }
	END { exit !(fall[4] > 2 && fall[5] > 2 && sum > 0) }' stdout ||
	fail "sines alias as before: $(cat stdout)"
expect_line 'drive.json: its output at four times the sample rate, on sines, too, is what the model learns' stderr
grep -q 'against WET' stdout && fail "a score against a WET that is not there"
"$tonecell" info --json less.safetensors >info
expect_line '"anti_alias": true' info
expect_line '"input": "sines"' info
expect_line 'Aliasing of sines at full scale' page/report.html
expect_line '"after_db": ' page/metrics.json

# The scores against WET are those of eval.
printf '%s\n' input,target,split,start,stop dry.wav,wet.wav,train,0,40000 dry.wav,wet.wav,val,42000,80000 >pairs.csv
train wet.safetensors --from drive.json --anti-alias --epochs 4 --json --manifest pairs.csv
mv stdout result.json
for model in drive.json:before wet.safetensors:after; do
	"$tonecell" eval -q --json --no-align -m ${model%:*} --split val --manifest pairs.csv >scores 2>stderr ||
		fail "eval: $(cat stderr)"
	[ "$(sed -n 's/^ *"esr": //p' scores | head -n 1)" = "$(sed -n "s/^ *\"recorded_${model#*:}\": //p" result.json)" ] ||
		fail "$model: $(head -n 3 scores) is not in $(grep recorded result.json)"
done

# ------------------------------------------------------------------ resumed

parts='--from drive.json --anti-alias --epochs 12 --patience 10000 --name x --no-align dry.wav'
# shellcheck disable=SC2086
train_killed parts.safetensors $parts
# shellcheck disable=SC2086
expect_resumed parts.safetensors $parts

# ------------------------------------------------------------------ a model that does not

train same.safetensors --from soft.safetensors --anti-alias --epochs 2 dry.wav
expect_line 'same.safetensors: warning: the model is unchanged' stderr
# But for its initial state, which is that after silence.
for model in soft same; do
	"$tonecell" process -q -m $model.safetensors --format float -o $model.wav dry.wav && sox $model.wav $model-1.wav trim 1
done
cmp -s soft-1.wav same-1.wav || fail 'an unchanged model has another sound'

# Sines have the knobs of the rows, and what a model with a knob makes of them differs.
printf '%s\n' 'input,Knob 1' dry.wav,0 dry.wav,10 >pairs.csv
train knob-2.safetensors --from knob.safetensors --anti-alias --epochs 1 --manifest pairs.csv

# ------------------------------------------------------------------ refused

refuse '--anti-alias fine-tunes a model: give it with --from' --anti-alias dry.wav
refuse 'give --anti-alias or --teacher, not both' --anti-alias --from drive.json --teacher drive.json dry.wav
refuse '--anti-alias is not for models with a control signal' --anti-alias --from keyed.safetensors --control key dry.wav

[ $failures -eq 0 ] && echo 'all checks passed'
[ $failures -eq 0 ]
