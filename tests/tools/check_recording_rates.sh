#!/bin/sh
# Recordings of other sample rates than the first's: train and eval convert them, and count in the
# frames of the input's file.
. "${srcdir:-.}/tests/support/scratch.sh"
command -v sox >/dev/null || { echo "skipped: sox is missing, which makes the sounds"; exit 77; }

# succeed COMMAND ARGUMENT...
succeed() {
	"$tonecell" "$@" </dev/null >stdout 2>stderr || fail "$*: $(cat stderr)"
}

# refuse PATTERN COMMAND ARGUMENT...
refuse() {
	pattern=$1
	shift
	"$tonecell" "$@" </dev/null >stdout 2>stderr && fail "$* succeeds"
	grep -q -e "$pattern" stderr || fail "$*: message '$(cat stderr)', expected '$pattern'"
}

# number KEY: its value in the JSON of stdout, the first if there are several.
number() {
	sed -n "s/^ *\"$1\": \([^,]*\),*$/\1/p" stdout | head -n 1
}

# converted PATTERN: stderr tells of the conversion in one line.
converted() {
	[ "$(grep -c converted stderr)" = 1 ] && grep -q -e "$1" stderr || fail "says '$(cat stderr)', expected '$1'"
}

"$make_model" --cell lstm --hidden 8 --rate 44100 m.safetensors || fail "no model"
sox -R -D -n -r 44100 -b 32 -e floating-point dry.wav synth 3 pinknoise lowpass 3k lowpass 3k vol 0.3
succeed process -q -m m.safetensors -o wet.wav dry.wav
sox -D wet.wav wet48.wav rate -v 48000
sox -D dry.wav dry48.wav rate -v 48000

# exact DRY WET STOP MESSAGE: the model is exact at its rate, so that the error is the conversion's.
# Filters ring where a file is cut, which is left out.
exact() {
	printf 'input,target,start,stop,delay\n%s,%s,4000,%s,0\n' "$1" "$2" "$3" >pair.csv
	succeed eval --json -m m.safetensors --manifest pair.csv
	awk -v esr="$(number esr)" 'BEGIN { exit !(esr != "" && esr < 1e-8) }' || fail "$1 $2: ESR $(number esr)"
	converted "$4"
}
exact dry.wav wet48.wav 128000 'wet48.wav: converted from 48000 to 44100 Hz'

# start, stop and delay count frames of the input file: here at 48 kHz, of a model of 44.1 kHz.
printf 'input,target,start,stop,delay\ndry48.wav,wet.wav,48000,96000,480\n' >rows.csv
printf 'input,target,start,stop\ndry48.wav,wet.wav,0,144001\n' >beyond.csv
succeed train -o rows.safetensors --json --hidden 2 --epochs 1 --sample-rate 44100 --manifest rows.csv
[ "$(number converted_from_hz)" = 48000.0 ] || fail "the record has no rate of the input: $(cat stdout)"
[ "$(number start)" = 44100 ] || fail "the clip starts at $(number start), expected 44100"
[ "$(number delay)" = 441 ] || fail "the clip has a delay of $(number delay), expected 441"
refuse "line 2: column 'stop': 144001, but" eval -m m.safetensors --manifest beyond.csv

succeed train -o low.safetensors --hidden 2 --epochs 1 --sample-rate 22050 dry.wav wet.wav
converted '2 of 2 files converted to 22050 Hz (dry.wav: from 44100 Hz)'
succeed info --json low.safetensors
[ "$(number sample_rate)" = 22050.0 ] || fail "the model has $(number sample_rate) Hz, expected 22050"

refuse 'wet48.wav: it has 48000 Hz, expected 44100 Hz, as dry.wav' \
	train -o no.safetensors --no-resample dry.wav wet48.wav
refuse 'dry.wav: it has 44100 Hz, expected 22050 Hz$' \
	train -o no.safetensors --no-resample --sample-rate 22050 dry.wav wet.wav
refuse 'dry.wav: 44100 Hz cannot be converted to 100 Hz' train -o no.safetensors --sample-rate 100 dry.wav wet.wav
refuse 'dry48.wav has 48000 Hz, but m.safetensors was made at 44100 Hz' \
	eval -m m.safetensors --no-resample dry48.wav wet48.wav
[ ! -e no.safetensors ] || fail "a refused training leaves a file"
[ $failures -eq 0 ]
