#!/bin/sh
# The kernels for aarch64 on other machines: compiles the parts of the core that play models, and
# their tests, for that CPU and runs them in an emulator. They need libc and libm only: tests/kernels/plain
# stands in for the Check library.
. "${srcdir:-.}/tests/support/scratch.sh"
cc=aarch64-linux-gnu-gcc
emulator=qemu-aarch64

case $BUILD_CC in *-fsanitize=*) echo "skipped: sanitizers do not run in an emulator"; exit 77 ;; esac
[ "$(uname -m)" != aarch64 ] || { echo "skipped: this CPU needs no emulator"; exit 77; }
for program in $cc:gcc-aarch64-linux-gnu $emulator:qemu-user; do
	command -v "${program%:*}" >/dev/null ||
		{ echo "skipped: ${program%:*} is not installed (Debian: ${program#*:})"; exit 77; }
done
echo '#include <math.h>' | $cc -E - >/dev/null 2>&1 ||
	{ echo "skipped: no headers for aarch64 (Debian: libc6-dev-arm64-cross)"; exit 77; }

source=$(cd "$build" && cd "${srcdir:-.}" && pwd)
# shellcheck disable=SC2086
compile() {
	$cc -g -O3 $CORE_CFLAGS -DTC_HAVE_NEON -DHAVE_CONFIG_H -I"$build" -I"$source" -I"$source/core" \
		-I"$source/tests/kernels/plain" "$@"
}

support="allocate compare models networks splitmix reference_forward runner signals"

# suite FOLDER/NAME FILE...: the tests of tests/FOLDER/check_NAME.c, which need those files of tests/ as
# well.
suite() {
	folder=${1%/*} test=${1#*/}
	shift
	for file; do
		shift
		set -- "$@" "$source/tests/$file"
	done
	for file in $support; do
		set -- "$@" "$source/tests/support/$file.c"
	done
	compile -static -o "$test" "$source/tests/$folder/check_$test.c" "$@" \
		"$source/tests/kernels/plain/check.c" ./*.o -lm && TONECELL_KERNELS=neon $emulator "./$test"
}

# make check-slow takes every hidden size.
[ -n "${LONG_TESTS:-}" ] || export HIDDEN_STRIDE=9
echo "$cc $($cc -dumpversion), $($emulator --version | head -n 1)"
files=
for file in $PLAY_SOURCES core/kernels/kernels_neon.c; do
	case $file in *.c) files="$files $source/$file" ;; esac
done
# shellcheck disable=SC2086
compile -c $files || { echo "FAILED: the core does not compile"; exit 1; }
# The longest, beside the others.
fixture="support/guarded.c kernels/kernel_cases.c kernels/kernel_fixture.c kernels/exact_step.c
	kernels/step_checks.c"
# shellcheck disable=SC2086
(suite kernels/kernel_steps $fixture && suite kernels/kernel_channels $fixture &&
	suite kernels/half_precision $fixture) &
longest=$!
suite kernels/kernels support/guarded.c kernels/kernel_cases.c || fail "tables of kernels"
suite stream/stream stream/stream_fixture.c || fail "streams"
suite kernels/kernel_choice stream/stream_fixture.c || fail "choice of kernels"
suite stream/recovery stream/stream_fixture.c || fail "recovery of streams"
suite kernels/kernel_activations kernels/activation_scan.c || fail "activations"
suite kernels/slow_gates || fail "slow gates"
wait $longest || fail "kernels"
[ $failures -eq 0 ]
