#!/bin/sh
# Commands that read or play audio refuse a model with an input of symbols in a sentence;
# its file is copied and timed like any other.
. "${srcdir:-.}/tests/support/scratch.sh"
command -v sox >/dev/null || { echo "skipped: sox is missing, which makes the sounds"; exit 77; }

HOME=$PWD LADSPA_PATH=
export HOME LADSPA_PATH
"$make_model" --cell gru --hidden 3 --inputs 0 --symbols 27 --embedding 4 --rate 48000 \
	letters.safetensors || fail "no model"
sox -R -n -r 48000 -b 16 noise.wav synth 0.2 whitenoise gain -9 &&
	sox -R -n -r 48000 -b 16 pink.wav synth 0.2 pinknoise gain -9 || fail "no sounds"

# refused MESSAGE COMMAND...: fails unless `tonecell COMMAND...` fails with the message alone.
refused() {
	message=$1
	shift
	"$tonecell" "$@" >out 2>err && fail "$* succeeds"
	[ "$(wc -l <err)" -eq 1 ] || fail "$* prints more than a line: $(cat err)"
	grep -qF -e "$message" err || fail "$* says: $(cat err)"
	[ ! -s out ] || fail "$* prints: $(cat out)"
}

refused 'the model has an input of symbols, expected audio' \
	process -q -m letters.safetensors -o out.wav noise.wav
refused 'letters.safetensors has an input of symbols, expected audio' \
	eval -q --no-align -m letters.safetensors noise.wav pink.wav
refused 'the model has an input of symbols, expected audio' \
	diagnose -q -m letters.safetensors noise.wav
refused 'the model has an input of 27 symbols, the plugin plays audio' \
	install -q letters.safetensors
refused 'the model has an input of 27 symbols, the plugin plays audio' \
	bundle -q letters.safetensors -o letters.so
refused 'the model has an input of 27 symbols, a player takes audio alone' \
	info letters.safetensors
for format in guitarml keras aidax nam onnx; do
	refused 'written without an input of symbols, but the model has one' \
		convert -q letters.safetensors letters.out --to $format
done
[ ! -e out.wav ] && [ ! -e letters.so ] && [ ! -e letters.out ] || fail "a refused command writes"

"$tonecell" bench -q letters.safetensors >out 2>err || fail "bench fails: $(cat err)"
"$tonecell" convert -q letters.safetensors copy.safetensors 2>err || fail "convert fails: $(cat err)"

[ $failures -eq 0 ]
