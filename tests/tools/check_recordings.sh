#!/bin/sh
# What eval finds out about recordings of real devices: delay, and what a linear filter leaves.
# The figures are those of the recordings' own README; the model does not matter.
set -u
LC_ALL=C
export LC_ALL

build=$PWD
data=$(cd "${srcdir:-.}/.." && pwd)/shared/data
model=$build/tests/recordings.tmp.safetensors
result=$build/tests/recordings.tmp.json
failures=0

[ -d "$data" ] || { echo "skipped: $data is missing"; exit 77; }
trap 'rm -f "$model" "$result"' EXIT

# expect MANIFEST RATE WARM-UP DELAY FIR
expect() {
	"$build/tests/support/make_model" --cell rnn --hidden 1 --rate "$2" "$model" &&
		"$TONECELL" eval -q -m "$model" --manifest "$data/$1" --warmup "$3" --json \
			>"$result" || failures=$((failures + 1))
	delay=$(sed -n 's/^ *"delay": \(.*\),$/\1/p' "$result" | sort -u)
	fir=$(sed -n 's/^ *"esr_fir": \(.*\),$/\1/p' "$result" | head -n 1)
	echo "$1: delay $delay, FIR $fir"
	[ "$delay" = "$4" ] && [ "$(printf %.3f "$fir")" = "$5" ] && return
	echo "FAILED: expected delay $4, FIR $5"
	failures=$((failures + 1))
}

expect guitar_di/ht1.csv 44100 1000 0 0.587
expect boss_ds1/ds1.csv 48000 1000 -9 0.262
expect klon_gainstage_spice/gain050.csv 44100 16000 0 0.054
expect akai_tape_aligned/tape.csv 44100 1000 0 0.064
[ $failures -eq 0 ]
