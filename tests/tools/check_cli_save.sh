#!/bin/sh
# What tonecell train saves, and when: signals do not break the last saving, a limit of file size is
# an error like a full disk, and under `make check-slow`: a best model is on disk half a minute later.
. "${srcdir:-.}/tests/support/short_training.sh"
ulimit -t 120

# ------------------------------------------------------------------ signals

slow_fsync=$build/tests/tools/.libs/slow_fsync.so
if [ -e "$slow_fsync" ]; then
	# The sanitizers want to be the first library, but do without.
	(ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 LD_PRELOAD=$slow_fsync
	export ASAN_OPTIONS LD_PRELOAD; train -o blocked.safetensors --epochs 1) &
	training=$!
	await_writing $training
	for signal in INT TERM HUP USR1; do
		kill -$signal $training || fail "the training ended before SIG$signal"
	done
	wait $training || fail "signals while it saves: status $?: $(cat stderr)"
	"$tonecell" info blocked.safetensors >/dev/null || fail 'signals while it saves: no model'
	[ "$(echo .tonecell-*)" = '.tonecell-*' ] || fail "signals while it saves leave $(echo .tonecell-*)"
else
	echo 'not run: signals while saving, since there are no shared libraries'
fi

# ------------------------------------------------------------------ a limit of file size

rm -f stderr
(ulimit -f 8; HOME=$scratch TMPDIR=$scratch; export HOME TMPDIR
train -o limited.safetensors --epochs 1) &
training=$!
await_line 'limited.safetensors: warning: not written: cannot write: File too large'
kill -TERM $training
wait $training
status=$?
[ $status -eq 1 ] || fail "a limit of file size: status $status"
for litter in limited.safetensors .tonecell-* tonecell-*; do
	[ ! -e "$litter" ] || fail "a limit of file size leaves $litter"
done

# ------------------------------------------------------------------ the best model so far

# Steps so large that the network does nothing after the first: what is left is the direct path. It
# is as good as the best gain where the device has a gain of 1, and worse where it has more, so that
# the model is left to the checkpoint. Either is the best from the first validation on, and on disk
# half a minute later.
if [ -n "${LONG_TESTS:-}" ]; then
	early() { # OUTPUT GAIN
		sox -D dry.wav -e floating-point -b 32 "$1.wav" overdrive 30 vol "$2"
		exec "$tonecell" train -o "$1" --hidden 8 --learning-rate 1 --clip-norm 0 --no-align --batch 4 \
			--epochs 1000000 --patience 1000000 --checkpoint-interval 1000 dry.wav "$1.wav" \
			</dev/null >/dev/null 2>"$1.log"
	}
	(early equal.safetensors 0.28) &
	equal=$!
	(early worse.safetensors 1) &
	worse=$!
	sleep 34
	kill -KILL $equal $worse
	{ wait $equal; wait $worse; } 2>/dev/null
	# A model without a checkpoint would be that of a training which has ended.
	for wanted in equal.safetensors equal.safetensors.checkpoint worse.safetensors.checkpoint; do
		"$tonecell" info $wanted >/dev/null || fail "the best model is not in $wanted after half a minute"
	done
	[ ! -e worse.safetensors ] || fail 'there is worse.safetensors'
	grep -ho 'epoch [0-9]*, ESR [0-9.]*, best [0-9.]*' equal.safetensors.log worse.safetensors.log
fi

# The minute of --effort quick is that of a whole training, and a time limit one that may be extended.
if [ -n "${LONG_TESTS:-}" ]; then
	(train -o quick.safetensors --effort quick --epochs 1000000) || fail "--effort quick: $(cat stderr)"
	grep -q 'the time is over' stdout || fail "--effort quick ends with $(cat stdout)"
	grep -q 'resume' stderr && fail "--effort quick speaks of a checkpoint: $(cat stderr)"
	[ ! -e quick.safetensors.checkpoint ] || fail '--effort quick leaves a checkpoint'
	(train -o quick.safetensors --effort quick --time-limit 1 --epochs 1000000) || fail "a time limit: $(cat stderr)"
	grep -q 'quick.safetensors.checkpoint: written; the same command with --resume goes on' stderr ||
		fail "a time limit leaves no checkpoint: $(cat stderr)"
fi

[ $failures -eq 0 ] && echo 'all checks passed'
[ $failures -eq 0 ]
