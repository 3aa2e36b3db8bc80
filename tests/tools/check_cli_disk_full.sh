#!/bin/sh
# tonecell train on a disk that is full, or becomes read-only: the training goes on, old files stay
# whole, nothing temporary stays behind, and the model is saved elsewhere or later. The disk is a
# tmpfs in a mount namespace of its own.
if [ -z "${SMALL_DISK:-}" ]; then
	SMALL_DISK=1
	export SMALL_DISK
	for option in -m -rm; do
		unshare $option mount -t tmpfs tmpfs /tmp 2>/dev/null && exec unshare $option sh "$0"
	done
	echo 'skipped: unshare(1) and mount(8) make no file system here'
	exit 77
fi
. "${srcdir:-.}/tests/support/short_training.sh"
ulimit -t 60

mkdir disk home
mount -t tmpfs -o size=256k tmpfs disk || exit 99
trap 'umount disk; rm -rf "$scratch"' EXIT

# The two ways in which a disk takes nothing more, and back.
refuse_full() { head -c 1M /dev/zero >disk/filler 2>/dev/null; }
accept_full() { rm disk/filler; }
refuse_readonly() { mount -o remount,ro disk; }
accept_readonly() { mount -o remount,rw disk; }
reason() {
	case $1 in full) echo 'No space left on device' ;; *) echo 'Read-only file system' ;; esac
}

# expect_files FILE...: fails unless they, and the one that fills the disk, are all on it.
expect_files() {
	found=$(cd disk && echo $(ls -A | grep -v filler))
	[ "$found" = "$*" ] || fail "on the disk are '$found', expected '$*'"
}

# expect_whole OLD FILE: fails unless the file is as before.
expect_whole() {
	cmp -s "$1" "$2" || fail "$2 is not as before"
}

(train -o old.safetensors --epochs 1) || fail "a training: $(cat stderr)"

# ------------------------------------------------------------------ checkpoints

goes_on() { # HOW
	cp old.safetensors disk/m.safetensors
	rm -f stderr
	(train -o disk/m.safetensors --checkpoint-interval 0.1 --epochs 100000 --patience 100000 --time-limit 50) &
	training=$!
	await $training disk/m.safetensors.checkpoint
	refuse_"$1"
	await_line "m.safetensors.checkpoint: warning: not written: .*$(reason "$1"); the training goes on, and tries again later"
	cp disk/m.safetensors.checkpoint last.checkpoint
	sleep 0.5 # some more attempts
	[ "$(grep -c 'not written' stderr)" -eq 1 ] || fail "it says so more than once: $(cat stderr)"
	expect_files m.safetensors m.safetensors.checkpoint m.safetensors.previous
	expect_whole old.safetensors disk/m.safetensors
	expect_whole last.checkpoint disk/m.safetensors.checkpoint
	accept_"$1"
	await_line 'm.safetensors.checkpoint: written, now that it can be'
	kill -TERM $training
	wait $training || fail "status $?: $(cat stderr)"
	expect_files m.safetensors m.safetensors.checkpoint m.safetensors.previous
	expect_whole old.safetensors disk/m.safetensors.previous
	"$tonecell" info disk/m.safetensors >/dev/null || fail 'no model'
	cmp -s old.safetensors disk/m.safetensors && fail 'the model is the old one'
	rm disk/m.safetensors.checkpoint disk/m.safetensors.previous
}
goes_on full
goes_on readonly

# ------------------------------------------------------------------ the model, at the end

# A disk that is read-only before the training is refused before it.
refuse_readonly
(train -o disk/m.safetensors --epochs 1) && fail 'a read-only folder is accepted'
grep -q 'cannot be written: Read-only file system' stderr || fail "a read-only folder: $(cat stderr)"
accept_readonly

cp old.safetensors disk/m.safetensors
refuse_full

# In another place, which is named.
(HOME=$scratch/home; export HOME; train -o disk/m.safetensors --seed 2 --epochs 20)
status=$?
[ $status -eq 1 ] || fail "a model in another place: status $status"
place=$(sed -n 's/.*m.safetensors: warning: not written: .*No space left on device; the model is in //p' stderr)
case $place in
"$scratch"/home/tonecell-??????/m.safetensors) ;;
*) fail "the model is in '$place': $(cat stderr)" ;;
esac
"$tonecell" info "$place" >/dev/null || fail "no model in $place"
grep -q "tonecell install $place\$" stdout || fail "the report names another file: $(cat stdout)"
expect_files m.safetensors
expect_whole old.safetensors disk/m.safetensors

# Without another place it waits for room.
waits() {
	rm -f stderr
	(HOME=$scratch/disk TMPDIR=$scratch/disk; export HOME TMPDIR; train -o disk/m.safetensors --seed 2 --epochs 20) &
	training=$!
	await_line 'm.safetensors: warning: not written: .*No space left on device, and neither .*; waiting until it can be: Ctrl-C gives the model up'
	expect_files m.safetensors m.safetensors.previous
	expect_whole old.safetensors disk/m.safetensors
}
waits
kill -TERM $training
wait $training
status=$?
[ $status -eq 1 ] || fail "given up: status $status"
grep -q 'tonecell train: disk/m.safetensors: cannot write: No space left on device' stderr || fail "given up: $(cat stderr)"
[ ! -s stdout ] || fail "given up: prints $(cat stdout)"
expect_files m.safetensors
expect_whole old.safetensors disk/m.safetensors
waits
accept_full
wait $training || fail "room in the end: status $?: $(cat stderr)"
expect_files m.safetensors m.safetensors.previous
expect_whole "$place" disk/m.safetensors
expect_whole old.safetensors disk/m.safetensors.previous

[ $failures -eq 0 ] && echo 'all checks passed'
[ $failures -eq 0 ]
