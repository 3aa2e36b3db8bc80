# Sourced by tests of trainings that are resumed: a folder to work in, and how they are interrupted.
# shellcheck shell=sh disable=SC2154
. "${srcdir:-.}/tests/support/scratch.sh"

# train_killed OUTPUT ARGUMENT...: a training that is killed at its first checkpoint.
train_killed() {
	output=$1
	shift
	"$tonecell" train -o "$output" --checkpoint-interval 0.01 "$@" >stdout 2>stderr </dev/null &
	training=$!
	await $training "$output.checkpoint"
	kill -KILL $training 2>/dev/null
	wait $training 2>/dev/null
	[ -e "$output.checkpoint" ] || fail "a killed training leaves no checkpoint: $*"
}

# expect_resumed OUTPUT ARGUMENT...: fails unless that goes on to the bytes of a training that was not
# killed.
expect_resumed() {
	output=$1
	shift
	"$tonecell" train -q -o whole.safetensors "$@" >stdout 2>stderr || fail "$*: $(cat stderr)"
	"$tonecell" train -q -o "$output" --resume "$@" >stdout 2>stderr || fail "--resume $*: $(cat stderr)"
	cmp -s whole.safetensors "$output" || fail "a resumed training ends with another model: $*"
}
