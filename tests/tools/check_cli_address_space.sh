#!/bin/sh
# With little address space (ulimit -v) commands end: with their result, or with a sentence.
. "${srcdir:-.}/tests/support/scratch.sh"

case $(sed -n 's/^CFLAGS = //p' "$build/Makefile") in
*-fsanitize=*) echo 'skipped: the sanitizers need all of the address space' && exit 77 ;;
esac
"$make_model" --cell lstm --hidden 4 --rate 8000 m.safetensors || fail "no model"
"$tonecell" signal -q --duration 30 --sample-rate 8000 dry.wav >/dev/null || fail "no sound"
"$tonecell" process -q -m m.safetensors -o wet.wav dry.wav || fail "no target"

# ends STATUS COMMAND...: within a minute; a loader that has no room for the libraries does not count.
ends() {
	expected=$1
	shift
	(ulimit -v $kib && exec timeout -k 1 60 "$tonecell" "$@" </dev/null >output 2>&1)
	status=$?
	[ $status -eq "$expected" ] || [ $status -eq 127 ] ||
		fail "$* with $kib KiB: status $status, expected $expected: $(cat output)"
	[ $status -ne "$expected" ] || ran=$((ran + 1))
}

ran=0
for kib in 100000 140000 200000 300000; do
	ends 0 info m.safetensors
	ends 0 process -q -m m.safetensors -o out.wav dry.wav
	ends 0 convert --force m.safetensors out.onnx
	ends 1 train --epochs 1 --hidden 1 -o no.safetensors dry.wav wet.wav
	[ $status -ne 1 ] || grep -q "train needs 512 MiB of address space, and 'ulimit -v' leaves" output ||
		fail "train with $kib KiB says '$(cat output)'"
done
kib=1000000
ends 0 train -q --epochs 1 --hidden 1 -o yes.safetensors dry.wav wet.wav
[ $ran -gt 4 ] || fail "only $ran commands could be started"
[ $failures -eq 0 ]
