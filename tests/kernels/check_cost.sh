#!/bin/sh
# A stream executes the same instructions whatever its input. They are counted, not timed, by
# valgrind, with the best kernels that valgrind supports.
. "${srcdir:-.}/tests/support/scratch.sh"

command -v valgrind >/dev/null || { echo "skipped: valgrind is not installed (Debian: valgrind)"; exit 77; }
case $BUILD_CC in *-fsanitize=*) echo "skipped: sanitizers do not run in valgrind"; exit 77 ;; esac

# count CELL SIGNAL: n = instructions of a run of signal_bench.
count() {
	n=0
	if valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=counts \
		"$build/tests/bench/signal_bench" "$1" "$2" >log 2>&1; then
		n=$(sed -n 's/^summary: *\([0-9]*\).*/\1/p' counts)
	fi
	[ "$n" -gt 0 ] || fail "$1, $2: $(cat log)"
}

# Reading the name of the signal costs a few.
for cell in lstm gru; do
	count $cell silence
	silence=$n
	for signal in denormal full saturated; do
		count $cell $signal
		echo "$cell: $silence instructions in silence, $n for $signal"
		if [ "$n" -lt $((silence - 500)) ] || [ "$n" -gt $((silence + 500)) ]; then
			fail "$cell: the cost depends on the signal"
		fi
	done
done
[ $failures -eq 0 ]
