# Sourced by tests that train for a moment: a folder to work in, two seconds of noise before and
# after an overdrive, a training that takes them, and waiting for what it writes.
# shellcheck shell=sh disable=SC2154
. "${srcdir:-.}/tests/support/scratch.sh"
command -v sox >/dev/null || { echo "skipped: sox is missing, which makes the sounds"; exit 77; }

sox -R -n -r 44100 -b 16 dry.wav synth 2 whitenoise gain -12
sox -D dry.wav -e floating-point -b 32 wet.wav overdrive 6

# train OPTION...: a training, in the place of a subshell.
train() {
	exec "$tonecell" train --name x --hidden 4 --no-align --batch 8 "$@" dry.wav wet.wav \
		</dev/null >stdout 2>stderr
}

# await_line PATTERN: until the training $training has written such a line, or has ended.
await_line() {
	until grep -qs -e "$1" stderr || ! kill -0 "$training" 2>/dev/null; do sleep 0.05; done
	grep -q -e "$1" stderr || fail "'$1' is not in: $(cat stderr)"
}
