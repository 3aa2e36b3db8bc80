#!/bin/sh
# The plugin's run() under the real-time checker in real hosts: no call that may wait, no floating
# point mode left changed, no NaN, infinity or denormal; and the checker itself, on plugins that violate the rules.
. "${srcdir:-.}/tests/hosts/hosts.sh"

checker=$HOSTS_BUILD/.libs/rtcheck.so
if test "$(uname -sm)" != "Linux x86_64"; then
	echo "skipped: the real-time checker is for Linux on x86-64"
	exit 77
fi
export RTCHECK_MODE=count RTCHECK_LOG="$work/rtcheck.log"
under="env LD_PRELOAD=$checker"

clean='violations_total=0 .* mxcsr_changed=0 nan=0 inf=0 denormal=0 '
check_clean() { # LABEL CHANNELS
	"$HOSTS_BUILD/wavs" make "$2" "$work/in.wav" "$work/reference.wav" || exit 99
	for host in $hosts; do
		rm -f "$RTCHECK_LOG"
		play "$host" "$1" "$2" 6 -3 0.1 0 1 1 1 1
		if grep -q "^rtcheck: '$1' runs=[1-9]" "$RTCHECK_LOG" &&
			! grep "^rtcheck: '$1'" "$RTCHECK_LOG" | grep -qv "$clean"; then
			echo "ok   $host $1: $(grep -c "^rtcheck: '$1' runs=[1-9]" "$RTCHECK_LOG") instances clean"
		else
			cat "$RTCHECK_LOG"
			fail "$host $1"
		fi
	done
}

check_caught() { # KIND EXPECTED
	rm -f "$RTCHECK_LOG"
	$under applyplugin "$work/in.wav" "$work/bad.wav" "$HOSTS_BUILD/.libs/rtbad.so" "$1" >"$work/log" 2>&1
	if grep -Eq "$2" "$RTCHECK_LOG"; then
		echo "ok   the checker sees $1"
	else
		fail "the checker does not see $1"
	fi
}

check_clean tonecell 1
check_clean tonecell_stereo 2
case $hosts in
*applyplugin*)
	"$HOSTS_BUILD/wavs" make 1 "$work/in.wav" "$work/reference.wav" || exit 99
	for label in malloc free mutex printf fopen nanosleep strdup qsort write raw; do
		check_caught "$label" 'violations=[1-9]'
	done
	check_caught mxcsr 'mxcsr_changed=[1-9]'
	check_caught nanout ' nan=[1-9]'
	check_caught infout ' inf=[1-9]'
	check_caught ok "$clean"
	;;
esac
exit $failed
