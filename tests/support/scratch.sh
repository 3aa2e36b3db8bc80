# Sourced by tests of the command line: a folder of their own to work in, and a count of failures.
# shellcheck shell=sh disable=SC2034
set -u
LC_ALL=C
export LC_ALL

build=$PWD
tonecell=$TONECELL
make_model=$build/tests/support/make_model
name=${0##*/check_}
scratch=$build/tests/${name%.sh}.tmp
failures=0

rm -rf "$scratch"
mkdir -p "$scratch" && cd "$scratch" || exit 99
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT

fail() {
	echo "FAILED: $*"
	failures=$((failures + 1))
}

# await PROGRAM PATTERN: until there is a file of this name, or the program has ended.
await() {
	# shellcheck disable=SC2086 -- the pattern is meant to be expanded, each time anew
	until ls -d $2 >/dev/null 2>&1 || ! kill -0 "$1" 2>/dev/null; do sleep 0.02; done
}
