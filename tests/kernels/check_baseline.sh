#!/bin/sh
# On a CPU without AVX nothing may use it: the program, the plugin and the core's tests run in an
# emulator of the Nehalem of 2008, which has SSE4.2 and ends a program at an instruction beyond.
. "${srcdir:-.}/tests/support/scratch.sh"

skip() {
	echo "skipped: $*"
	exit 77
}
[ "$(uname -m)" = x86_64 ] || skip "this is no x86-64"
command -v qemu-x86_64 >/dev/null || skip "qemu-x86_64 is not installed (Debian: qemu-user)"
case $BUILD_CC in *-fsanitize=*) skip "sanitizers do not run in an emulator" ;; esac
# shellcheck disable=SC2086
! $BUILD_CC -dM -E -x c /dev/null | grep -qw __AVX__ || skip "CFLAGS ask for AVX"

# A CPU set for OpenBLAS in the environment is not the emulated one.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE

old_cpu() {
	"$build/libtool" --quiet --mode=execute qemu-x86_64 -cpu Nehalem "$@"
}

# The emulator has to see what is looked for.
cat >avx.c <<'END'
int main(void)
{
    __asm__ volatile("vpxor %ymm0, %ymm0, %ymm0");
    return 0;
}
END
# shellcheck disable=SC2086
$BUILD_CC -o avx avx.c || fail "avx.c does not compile"
qemu-x86_64 -cpu max ./avx || fail "the emulator knows no AVX at all"
(old_cpu ./avx) >avx.log 2>&1
[ $? -eq 132 ] || fail "the emulator lets AVX pass"

# make check-slow takes every hidden size.
[ -n "${LONG_TESTS:-}" ] || export HIDDEN_STRIDE=9

# suite FOLDER/NAME: tests/FOLDER/check_NAME, a test of the core.
suite() {
	test=$build/tests/${1%/*}/check_${1#*/}
	[ -x "$test" ] || { echo "not run: $test, which needs Check"; return 0; }
	CK_FORK=no old_cpu "$test" >suite.log 2>&1 || fail "$1: $(cat suite.log)"
}

# old_tonecell ARGUMENT...: the program must succeed.
old_tonecell() {
	old_cpu "$tonecell" "$@" >log 2>&1 || fail "tonecell $1: $(cat log)"
}

for cell in rnn lstm gru; do
	"$make_model" --cell $cell --hidden 19 --layers 2 $cell.safetensors || fail "no model"
done
"$build/tests/demo/riff" 1 1 dry.wav || fail "no sound"
for cell in rnn lstm gru; do
	old_tonecell process -q -f float -m $cell.safetensors -o $cell.au dry.wav
	TONECELL_KERNELS=c "$tonecell" process -q --force -f float -m $cell.safetensors -o here.au dry.wav
	cmp $cell.au here.au || fail "$cell: other samples than on this CPU"
done
old_tonecell info lstm.safetensors
grep -q 'Cost here' log || fail "info says $(cat log)"
old_tonecell train -q --epochs 1 --hidden 8 -o trained.safetensors --ignore-faults dry.wav dry.wav
for name in plugin/plugin kernels/kernels kernels/kernel_steps kernels/kernel_channels \
	kernels/half_precision kernels/kernel_activations stream/recovery; do
	suite $name
done
[ $failures -eq 0 ]
