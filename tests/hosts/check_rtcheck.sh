#!/bin/sh
# The real-time checker itself, on plugins that violate the rules.
. "${srcdir:-.}/tests/hosts/hosts.sh"

if test "$(uname -sm)" != "Linux x86_64" || ! command -v applyplugin >/dev/null; then
	echo "skipped: the checker is for Linux on x86-64, this test for applyplugin"
	exit 77
fi
export RTCHECK_MODE=count RTCHECK_LOG="$work/rtcheck.log"

check_caught() { # KIND EXPECTED
	rm -f "$RTCHECK_LOG"
	LD_PRELOAD=$HOSTS_BUILD/.libs/rtcheck.so \
		applyplugin "$work/in.wav" "$work/bad.wav" "$HOSTS_BUILD/.libs/rtbad.so" "$1" >"$work/log" 2>&1
	if grep -Eq "$2" "$RTCHECK_LOG"; then
		echo "ok   the checker sees $1"
	else
		fail "the checker does not see $1"
	fi
}

"$HOSTS_BUILD/wavs" noise 1 "$work/in.wav" || exit 99
for label in malloc free mutex printf fopen nanosleep strdup qsort write raw; do
	check_caught "$label" 'violations=[1-9]'
done
check_caught mxcsr 'mxcsr_changed=[1-9]'
check_caught nanout ' nan=[1-9]'
check_caught infout ' inf=[1-9]'
check_caught ok 'violations_total=0 .* mxcsr_changed=0 nan=0 inf=0 denormal=0 '
exit $failed
