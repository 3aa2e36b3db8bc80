#!/bin/sh
# tonecell train presents no model as done that is no better than what needs none: it trains a second
# time, more gently, and then refuses. A limit that the user gave is another matter.
. "${srcdir:-.}/tests/support/scratch.sh"
command -v sox >/dev/null || { echo "skipped: sox is missing, which makes the sounds"; exit 77; }
ulimit -t 60

sox -R -n -r 44100 -b 16 noise.wav synth 4 whitenoise gain -12
sox -D noise.wav dry.wav trim 0 88200s
sox -D noise.wav other.wav trim 88200s             # unlike dry.wav in every way
sox -D dry.wav band.wav sinc -n 100 500-600 gain 10  # a filter that one unit cannot be
sox -D dry.wav -e floating-point -b 32 drive.wav overdrive 30
sox -D dry.wav -e floating-point -b 32 half.wav vol 0.5

# train STATUS OUTPUT OPTION...: fails unless the training ends with this status.
train() {
	wanted=$1 output=$2
	shift 2
	"$tonecell" train -o "$output" --name x --no-align --batch 4 --patience 3 "$@" \
		</dev/null >stdout 2>stderr
	status=$?
	[ $status -eq "$wanted" ] || fail "$*: status $status, expected $wanted: $(cat stderr)"
}

# expect_line PATTERN FILE: fails unless a line of the file matches.
expect_line() {
	grep -q -e "$1" "$2" || fail "'$1' is not in $2: $(cat "$2")"
}

# expect_files FILE...: fails unless they are all that was made.
expect_files() {
	found=$(echo *.safetensors*)
	[ "$found" = "$*" ] || fail "there are '$found', expected '$*'"
	rm -f *.safetensors*
}

scores='(ESR \(below \)*[0-9.]*, the model.s is \(below \)*[0-9.]*)'

# ------------------------------------------------------------------ a model that is of no use

train 1 m.safetensors --hidden 2 dry.wav other.wav
expect_line "warning: the model is no better than silence $scores: a second training follows, from seed 2, with learning rate 0.003 and initial scale 0.5\$" stderr
expect_line "^tonecell train: m.safetensors: not written: the model is no better than silence $scores, from two seeds; with --keep it would be kept\$" stderr
expect_line 'warning: what may help: a longer recording, one that tonecell doctor ' stderr
expect_line '^no model: it got no better after ' stdout
grep -q 'tonecell install' stdout && fail 'a model of no use is to be installed'
expect_files '*.safetensors*'

train 1 m.safetensors --hidden 1 --cell rnn --json --seed 5 --memory 1000 dry.wav band.wav
expect_line "no better than a 128-tap FIR filter $scores: a second training .* seed 6, .*, without --memory\$" stderr
expect_line '"model": null' stdout
expect_line '"verdict": "worse"' stdout
expect_line '"seed": 6' stdout
expect_line '"memory": 0' stdout
expect_line '"initial_scale": 0.5' stdout
expect_files '*.safetensors*'

# An earlier model stays.
train 0 old.safetensors --hidden 4 --epochs 40 dry.wav drive.wav
cp old.safetensors m.safetensors
train 1 m.safetensors --hidden 2 --keep dry.wav other.wav
expect_line 'from two seeds; it is kept as m.safetensors.rejected$' stderr
expect_line '^m.safetensors.rejected: it got no better' stdout
cmp -s old.safetensors m.safetensors || fail 'a rejected model replaces an earlier one'
"$tonecell" info m.safetensors.rejected >/dev/null || fail 'no model in m.safetensors.rejected'
expect_files m.safetensors m.safetensors.rejected old.safetensors
cp dry.wav m.safetensors.rejected
train 1 m.safetensors --hidden 2 --keep dry.wav other.wav
expect_line 'm.safetensors.rejected: exists and is no model: give another name, or --force' stderr
cmp -s dry.wav m.safetensors.rejected || fail 'a rejected model replaces a recording'
rm -f *.safetensors*

# ------------------------------------------------------------------ limits

# It is as bad as before, but the user wanted no more.
for limit in '--epochs 3' '--time-limit 1 --patience 1000000 --epochs 1000000'; do
	# shellcheck disable=SC2086
	train 0 m.safetensors --hidden 1 --cell rnn $limit dry.wav band.wav
	expect_line "m.safetensors: warning: not ready for use: the model is no better than a 128-tap FIR filter $scores; train it for longer\$" stderr
	grep -q 'tonecell install' stdout && fail "$limit: a model of no use is to be installed"
	"$tonecell" info m.safetensors >/dev/null || fail "$limit: no model"
	rm -f *.safetensors*
done

# ------------------------------------------------------------------ a device that needs no model

train 0 m.safetensors --hidden 4 --json dry.wav half.wav
expect_line "warning: the model is about as good as one gain $scores, or what it misses is too soft to be heard: " stderr
expect_line '"verdict": "equal"' stdout
expect_files m.safetensors

# ------------------------------------------------------------------ a second training that succeeds

# Steps so large that the network does nothing after the first.
wild='--hidden 8 --learning-rate 1 --clip-norm 0 --patience 6'
# shellcheck disable=SC2086
train 0 whole.safetensors $wild dry.wav drive.wav
expect_line "no better than one gain $scores: a second training follows, from seed 2, with learning rate 0.3 " stderr
expect_line 'tonecell install whole.safetensors' stdout

# Killed in it, and resumed in it.
rm stderr
# shellcheck disable=SC2086
"$tonecell" train -o parts.safetensors --name x --no-align --batch 4 --patience 3 $wild \
	--checkpoint-interval 0.05 dry.wav drive.wav </dev/null >stdout 2>stderr &
training=$!
until grep -qs 'a second training' stderr || ! kill -0 $training 2>/dev/null; do sleep 0.02; done
rm parts.safetensors.checkpoint # of the first
await $training parts.safetensors.checkpoint
kill -KILL $training
wait $training
# shellcheck disable=SC2086
"$tonecell" train -o parts.safetensors --resume --name x --no-align --batch 4 --patience 3 $wild --learning-rate 0.5 \
	dry.wav drive.wav >stdout 2>stderr && fail 'the checkpoint of a second training with another learning rate'
expect_line 'parts.safetensors.checkpoint: is the checkpoint of another training: --learning-rate was 1, is 0.5$' stderr
cp parts.safetensors.checkpoint whole.checkpoint
head -c 2000 whole.checkpoint >parts.safetensors.checkpoint
"$tonecell" train -o parts.safetensors --resume --name x --no-align --batch 4 --patience 3 $wild \
	dry.wav drive.wav >stdout 2>stderr && fail 'a checkpoint that was cut is taken'
grep -q 'another training' stderr && fail "a checkpoint that was cut: $(cat stderr)"
mv whole.checkpoint parts.safetensors.checkpoint
train 0 parts.safetensors --resume $wild dry.wav drive.wav
expect_line 'parts.safetensors.checkpoint: the training goes on from it' stderr
grep -q 'a second training' stderr && fail 'the first training is resumed, expected the second'
cmp whole.safetensors parts.safetensors || fail 'a resumed second training ends with another model'

[ $failures -eq 0 ] && echo 'all checks passed'
[ $failures -eq 0 ]
