#!/bin/sh
# Compare settings of a training: recipe.sh DRY.wav SECONDS KIND SEED [OPTION...]
# DRY.wav is mono music of 160 s or more. SECONDS of it, from 10 s on, are played through made-up gear
# (made_up_gear.c) and train a model, 40 s from 120 s on test it. Prints validation ESR, test ESR and time.
# TONECELL is the program to measure, MADE_UP_GEAR the other.
set -eu
dry=$1 seconds=$2 kind=$3 seed=$4
shift 4
tonecell=${TONECELL:-tonecell}
gear=${MADE_UP_GEAR:-tests/bench/made_up_gear}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$gear" "$kind" "$dry" "$work/wet.wav"
for file in dry wet; do
	[ $file = dry ] && from=$dry || from=$work/wet.wav
	sox "$from" "$work/$file-train.wav" trim 10 "$seconds"
	sox "$from" "$work/$file-test.wav" trim 120 40
done
"$tonecell" train -q --json --no-align --seed "$seed" -o "$work/model.safetensors" "$@" \
	"$work/dry-train.wav" "$work/wet-train.wav" >"$work/train.json"
"$tonecell" eval -q --json --no-align -m "$work/model.safetensors" \
	"$work/dry-test.wav" "$work/wet-test.wav" >"$work/eval.json"

# number KEY FILE: the first in it
number() {
	sed -n 's/^ *"'"$1"'": \([0-9.e+-]*\),*$/\1/p' "$work/$2" | head -n 1
}
echo "$kind $seconds s, seed $seed, ${*:-defaults}: ESR $(number esr eval.json) (validation" \
	"$(number esr train.json)) after $(number seconds train.json) s"
