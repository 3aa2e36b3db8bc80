#!/bin/sh
# tonecell train --teacher: the model learns what it learns from the teacher's output as a recording,
# bit for bit.
. "${srcdir:-.}/tests/support/resumed.sh"
command -v sox >/dev/null || { echo "skipped: sox is missing, which makes the sounds"; exit 77; }
ulimit -t 60

sox -R -n -r 44100 -b 16 dry.wav synth 2 whitenoise gain -12
sox -D dry.wav -e floating-point -b 32 wet.wav overdrive 3
sox -D dry.wav -r 22050 low.wav
"$make_model" --hidden 6 --seed 3 big.safetensors && "$make_model" --hidden 5 --knobs 2 knobs.safetensors &&
	"$make_model" --inputs 2 two.safetensors && "$make_model" --inputs 2 --control key keyed.safetensors &&
	"$make_model" --knobs 2 --control key moved.safetensors ||
	fail "no models"

# train OUTPUT ARGUMENT...: a short training, which must succeed.
train() {
	output=$1
	shift
	"$tonecell" train --hidden 2 --epochs 2 --batch 4 --truncate 256 --no-align --name x -o "$output" \
		"$@" </dev/null >stdout 2>stderr || fail "train $*: $(cat stderr)"
}

# play MODEL OUT IN ARGUMENT...: its output in floating point.
play() {
	model=$1 out=$2 in=$3
	shift 3
	"$tonecell" process -q -m "$model" --format float -o "$out" "$@" "$in" || fail "process $out"
}

# same_of SOUND A B: the two models make the same of a sound.
same_of() {
	play "$2" a.wav "$1"
	play "$3" b.wav "$1"
	cmp -s a.wav b.wav || fail "$2 and $3 are other models"
}

same() {
	same_of dry.wav "$@"
}

# refuse STATUS PATTERN ARGUMENT...
refuse() {
	wanted=$1 pattern=$2
	shift 2
	"$tonecell" train -o refused.safetensors "$@" </dev/null >stdout 2>stderr
	status=$?
	[ $status -eq "$wanted" ] || fail "train $*: status $status, expected $wanted: $(cat stderr)"
	grep -q -e "^tonecell train: .*$pattern" stderr || fail "train $*: $(cat stderr), expected $pattern"
	[ ! -e refused.safetensors ] || fail "train $*: leaves a model"
}

expect_line() {
	grep -q -e "$1" "$2" || fail "'$1' is not in $2: $(cat "$2")"
}

# table LINE...: a manifest, pairs.csv.
table() {
	printf '%s\n' "$@" >pairs.csv
}

# ------------------------------------------------------------------ what is learned

# A DRY alone: the teacher's output is the target of both parts.
play big.safetensors taught.wav dry.wav
train recorded.safetensors dry.wav taught.wav
train alone.safetensors --teacher big.safetensors dry.wav
same recorded.safetensors alone.safetensors
expect_line 'big.safetensors: its output is what the model learns; the validation is against its output, too' stderr
"$tonecell" info --json alone.safetensors >info
expect_line '"teacher": "big.safetensors"' info
expect_line '"target": null' info
expect_line '"delay": null' info

# With a WET the teacher trains, and the WET validates.
table input,target,split,start,stop dry.wav,taught.wav,train,0,40000 dry.wav,wet.wav,val,42000,80000
train recorded.safetensors --json --manifest pairs.csv
mv stdout recorded.json
table input,target,split,start,stop dry.wav,wet.wav,train,0,40000 dry.wav,wet.wav,val,42000,80000
train taught.safetensors --json --teacher big.safetensors --manifest pairs.csv
mv stdout taught.json
same recorded.safetensors taught.safetensors
for key in esr esr_gain esr_fir; do
	[ "$(grep "^  \"$key\"" recorded.json)" = "$(grep "^  \"$key\"" taught.json)" ] ||
		fail "the validation has another $key"
done
expect_line 'big.safetensors: its output is what the model learns; the validation is against the recordings' stderr

# Rows without a target: all that validates is taken from those that have one.
table input,target dry.wav,wet.wav dry.wav,
train mixed.safetensors --json --teacher big.safetensors --manifest pairs.csv
expect_line 'the validation is against the recordings$' stderr
expect_line '3.7 s train and 0.3 s validate' stderr
table input dry.wav
train column.safetensors --teacher big.safetensors --manifest pairs.csv
same column.safetensors alone.safetensors

# Knobs are the teacher's of the same name, the others stay at their initial values.
play knobs.safetensors low-knob.wav dry.wav --knob "Knob 1=2.5"
play knobs.safetensors high-knob.wav dry.wav --knob "Knob 1=7.5"
table "input,target,Knob 1" dry.wav,low-knob.wav,2.5 dry.wav,high-knob.wav,7.5
train recorded.safetensors --knob-range "Knob 1=0:10" --manifest pairs.csv
table "input,knob 1" dry.wav,2.5 dry.wav,7.5
train alone.safetensors --knob-range "knob 1=0:10" --teacher knobs.safetensors --manifest pairs.csv
same recorded.safetensors alone.safetensors

# A control signal, too, as an input or as a knob.
sox -R -n -r 44100 -b 16 lfo.wav synth 2 sine 3 gain -7 && sox -D lfo.wav unipolar.wav dcshift 0.5
sox -M dry.wav lfo.wav controlled.wav && sox -M dry.wav unipolar.wav unipolar-2.wav
play keyed.safetensors taught.wav controlled.wav
train recorded.safetensors --control key controlled.wav taught.wav
train alone.safetensors --control key --teacher keyed.safetensors controlled.wav
same_of controlled.wav recorded.safetensors alone.safetensors
play moved.safetensors taught.wav unipolar-2.wav
train recorded.safetensors --control key=knob unipolar-2.wav taught.wav
train alone.safetensors --control key=knob --teacher moved.safetensors unipolar-2.wav
same_of unipolar-2.wav recorded.safetensors alone.safetensors

# The rate is the teacher's, or one that is given, at which the teacher plays with its latency removed.
train rate.safetensors --teacher big.safetensors low.wav
"$tonecell" info rate.safetensors | grep -q 'Sample rate *44100 Hz' || fail "a teacher's rate is not taken"
expect_line 'low.wav: converted from 22050 to 44100 Hz' stderr
play big.safetensors taught.wav low.wav
train recorded.safetensors low.wav taught.wav
train alone.safetensors --sample-rate 22050 --teacher big.safetensors low.wav
same recorded.safetensors alone.safetensors

# ------------------------------------------------------------------ resumed

parts='--hidden 4 --epochs 60 --patience 10000 --batch 4 --name x --no-align dry.wav'
# shellcheck disable=SC2086
train_killed parts.safetensors --teacher big.safetensors $parts
# shellcheck disable=SC2086
"$tonecell" train -o parts.safetensors --resume --teacher knobs.safetensors $parts >stdout 2>stderr &&
	fail "another teacher goes on with the checkpoint"
expect_line 'is the checkpoint of another training' stderr
# shellcheck disable=SC2086
expect_resumed parts.safetensors --teacher big.safetensors $parts

# ------------------------------------------------------------------ the report

train page.safetensors --report page --teacher big.safetensors dry.wav
expect_line 'the target is its teacher' page/report.html
expect_line "no target: the teacher's output" page/report.html
expect_line 'teacher</th><td>big.safetensors' page/report.html

# ------------------------------------------------------------------ refused

refuse 1 'dry.wav: .*' --teacher dry.wav dry.wav wet.wav
refuse 2 '2 files\|3 files: expected pairs' --teacher big.safetensors dry.wav wet.wav dry.wav
refuse 1 'two.safetensors: has 2 audio inputs and 1 outputs, expected 1 and 1' --teacher two.safetensors dry.wav
refuse 1 "keyed.safetensors: has the control signal 'key', but the recordings give ''" \
	--teacher keyed.safetensors dry.wav
table input,delay dry.wav,3
refuse 1 "line 2: column 'delay': 3, expected nothing in a row without a target" \
	--teacher big.safetensors --manifest pairs.csv
table input,bass dry.wav,0.25
refuse 1 "knobs.safetensors: has no knob 'bass', which the recordings have" \
	--teacher knobs.safetensors --manifest pairs.csv
table "input,Knob 1" dry.wav,20
refuse 1 "knobs.safetensors: has the knob 'Knob 1' from 0 to 10, but in pairs.csv: line 2 it is 20" \
	--teacher knobs.safetensors --manifest pairs.csv
table input,target dry.wav,
refuse 1 "line 2: column 'target': '', expected the name of a file" --manifest pairs.csv
"$tonecell" train -o big.safetensors --force --teacher big.safetensors dry.wav >stdout 2>stderr &&
	fail "a teacher is overwritten"
expect_line 'big.safetensors: is the teacher, and would be overwritten' stderr

[ $failures -eq 0 ] && echo 'all checks passed'
[ $failures -eq 0 ]
