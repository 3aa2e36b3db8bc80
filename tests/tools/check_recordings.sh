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

# expect MANIFEST RATE WARM-UP DELAYS FIR [OPTION...]
expect() {
	manifest=$1 warmup=$3 delays=$4 expected=$5
	"$build/tests/support/make_model" --cell rnn --hidden 1 --rate "$2" "$model" || failures=$((failures + 1))
	shift 5
	"$TONECELL" eval -q -m "$model" --manifest "$data/$manifest" --warmup "$warmup" --json "$@" \
		>"$result" || failures=$((failures + 1))
	delay=$(sed -n 's/^ *"delay": \(.*\),$/\1/p' "$result" | sort -u | tr '\n' ' ')
	fir=$(sed -n 's/^ *"esr_fir": \(.*\),$/\1/p' "$result" | head -n 1)
	echo "$manifest: delay $delay, FIR $fir"
	[ "$delay" = "$delays " ] && [ "$(printf %.3f "$fir")" = "$expected" ] && return
	echo "FAILED: expected delay $delays, FIR $expected"
	failures=$((failures + 1))
}

expect guitar_di/ht1.csv 44100 1000 0 0.587
expect boss_ds1/ds1.csv 48000 1000 -9 0.262
expect klon_gainstage_spice/gain050.csv 44100 16000 0 0.054
# Of these only the tape wanders.
expect akai_tape_aligned/tape.csv 44100 1000 0 0.064 --flutter keep
expect akai_tape_aligned/tape.csv 44100 1000 '4 9' 0.009
[ $failures -eq 0 ]
