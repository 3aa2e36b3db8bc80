#!/bin/sh
# --precision half: changes the samples of a large model and not those of a small one; process and
# eval agree; the error is the one that info reports.
. "${srcdir:-.}/tests/support/scratch.sh"
command -v sox >/dev/null || { echo "skipped: sox is missing, which makes the sounds"; exit 77; }

# number FILE KEY: its value in JSON, the first if there are several.
number() {
	sed -n "s/^ *\"$2\": \([^,]*\),*$/\1/p" "$1" | head -n 1
}

# render PRECISION MODEL IN OUT: play a file.
render() {
	"$tonecell" process -q --precision "$1" -m "$2" --format float -o "$4" "$3" ||
		fail "process --precision $1 of $2 fails"
}

# score PRECISION WET: the largest error of eval.
score() {
	"$tonecell" eval -q --precision "$1" -m large.safetensors --warmup 0 --no-align --json noise.wav "$2" \
		>score || fail "eval --precision $1 fails"
	number score max_error
}

"$make_model" --cell lstm --hidden 80 large.safetensors &&
	"$make_model" --cell lstm --hidden 20 small.safetensors || fail "no models"
sox -R -n -r 44100 -b 16 noise.wav synth 0.4 whitenoise gain -9 &&
	sox -R -n -r 44100 -b 16 -c 3 three.wav synth 0.2 pinknoise gain -9 || fail "no sounds"

# This holds for all kernels; those in plain C have full precision only.
"$tonecell" info --json large.safetensors >info.json || fail "info fails"
esr=$(number info.json half_precision_esr)
[ "$(number info.json sample_rate)" = 44100.0 ] || fail "info: $(cat info.json)"
for model in small large; do
	for precision in full half; do
		render $precision $model.safetensors noise.wav $model-$precision.wav
	done
done
cmp -s small-full.wav small-half.wav || fail "a small layer takes half precision"
"$tonecell" process -q -m large.safetensors --format float -o default.wav noise.wav
cmp -s large-full.wav default.wav || fail "full precision is not the default"

"$tonecell" info small.safetensors >text
grep -q 'Half precision' text && fail "info of a small model: $(cat text)"
"$tonecell" info large.safetensors >text
if [ "$esr" = null ]; then
	cmp -s large-full.wav large-half.wav || fail "info does not know of half precision"
	grep -q 'Half precision' text && fail "info speaks of half precision: $(cat text)"
else
	echo "$esr" | awk '{ exit !($1 > 1e-9 && $1 < 1e-3) }' || fail "half precision has an ESR of $esr"
	grep -q '^Half precision ESR .* dB) against full' text || fail "info says $(cat text)"
	[ "$(score full large-half.wav)" != 0.0 ] || fail "eval at full precision plays as at half"

	# For another, quieter noise: within a factor of 4.
	number score esr | awk -v reported="$esr" '{ exit !($1 < 4 * reported && $1 > reported / 4) }' ||
		fail "info says $esr, eval $(number score esr)"
fi
[ "$(score half large-half.wav)" = 0.0 ] || fail "eval and process differ at half precision"

# Channels and files that are played together have the samples that they have alone.
for c in 1 2 3; do
	sox -D three.wav c$c.wav remix $c
	render half large.safetensors c$c.wav alone$c.wav
done
"$tonecell" process -q --precision half -m large.safetensors --format float -o together \
	c1.wav c2.wav c3.wav || fail "process of three files fails"
for c in 1 2 3; do
	cmp alone$c.wav together/c$c.wav || fail "file $c differs among others"
done

"$tonecell" process --precision double -m large.safetensors -o no.wav noise.wav 2>err
[ $? -eq 2 ] || fail "double precision is accepted"
grep -q "^tonecell process: --precision: 'double' is not one of full|half" err ||
	fail "double precision: $(cat err)"
"$tonecell" bench -q --precision half --json small.safetensors >json || fail "bench fails"
[ "$(number json precision)" = '"half"' ] || fail "bench does not say its precision: $(cat json)"

[ $failures -eq 0 ]
