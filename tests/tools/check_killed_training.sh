#!/bin/sh
# tonecell train, killed at random moments and resumed each time on another number of threads, ends
# with the bytes of a training that was not broken. Every other run writes a checkpoint after each
# step, so that many are killed while they write one. Under `make check-slow` 100 times, else 8.
. "${srcdir:-.}/tests/support/short_training.sh"

if [ -n "${LONG_TESTS:-}" ]; then
	kills=100 epochs=4000 longest_ms=900
else
	kills=8 epochs=600 longest_ms=300
fi
random=${KILL_SEED:-1}
echo "seed $random: KILL_SEED sets another"

# next_random BOUND: $random moves on (a linear congruential generator, whose upper bits are the
# random ones), and $drawn is below BOUND.
next_random() {
	random=$(((random * 1103515245 + 12345) % 2147483648))
	drawn=$((random / 65536 * $1 / 32768))
}

train_to() { # OUTPUT OPTION...
	output=$1
	shift
	train -q -o "$output" --epochs $epochs --patience 100000 "$@"
}
(train_to whole.safetensors) || fail "the unbroken training: $(cat stderr)"
killed=0 in_writing=0 rounds=0

# A training from its start to its end, killed while there are kills to come.
broken_training() {
	rm -f parts.safetensors parts.safetensors.checkpoint
	rounds=$((rounds + 1)) threads=1 ended=
	while [ -z "$ended" ]; do
		threads=$((3 - threads)) interval=0.1
		[ $((killed % 2)) -eq 0 ] || interval=0
		(train_to parts.safetensors --resume --threads $threads --checkpoint-interval $interval) &
		training=$!
		if [ $killed -lt $kills ]; then
			next_random $longest_ms
			sleep "$(printf '0.%03d' "$drawn")"
			kill -STOP $training 2>/dev/null && writes_file $training && in_writing=$((in_writing + 1))
			kill -KILL $training 2>/dev/null
		fi
		{ wait $training; } 2>/dev/null
		status=$?
		case $status in
		0) ended=1 ;;
		137) killed=$((killed + 1)) ;;
		*) fail "run $killed: status $status: $(cat stderr)" && break ;;
		esac
	done
	cmp whole.safetensors parts.safetensors || fail "round $rounds ends with another model"
	[ "$(echo .tonecell-*)" = '.tonecell-*' ] || fail "round $rounds leaves $(echo .tonecell-*)"
	[ ! -e parts.safetensors.checkpoint ] || fail "round $rounds leaves a checkpoint"
}

while [ $killed -lt $kills ] && [ $failures -eq 0 ]; do
	broken_training
done
echo "$killed runs killed, $in_writing of them while they wrote a file; $rounds trainings ended"
[ -z "${LONG_TESTS:-}" ] || [ $in_writing -gt 0 ] || fail 'no run was killed while it wrote a file'

[ $failures -eq 0 ] && echo 'all checks passed'
[ $failures -eq 0 ]
