#!/bin/sh
# fuzz.sh TARGET DICTIONARY: lets libFuzzer search for files that break a reader, in the folder tests/fuzz
# of the build, starting from the seeds and the corpus of earlier runs. FUZZ_SECONDS is how long [30].
set -eu
target=$1 dictionary=$2
seconds=${FUZZ_SECONDS:-30}

case $dictionary in /*) ;; *) dictionary=$PWD/$dictionary ;; esac
cd tests/fuzz
mkdir -p "corpus/$target"
echo "fuzz $target: $seconds s"
if FUZZ_TARGET=$target ./fuzz -dict="$dictionary" -max_total_time="$seconds" -max_len=32768 \
	-timeout=10 -rss_limit_mb=2048 -artifact_prefix="failed-$target-" -print_final_stats=1 \
	"corpus/$target" "seeds/$target" >"$target.log" 2>&1; then
	sed -n 's/^stat::number_of_executed_units: */  inputs tried: /p' "$target.log"
	exit
fi
tail -n 40 "$target.log"
echo "fuzz $target: the input is in tests/fuzz; once mended, it belongs into inputs/$target"
exit 1
