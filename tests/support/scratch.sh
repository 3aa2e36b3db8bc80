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

# writes_file PROGRAM: whether it is writing a file that is not complete, and so has no name.
writes_file() {
	# shellcheck disable=SC2010 -- links of /proc
	ls -l "/proc/$1/fd" 2>/dev/null | grep -q '/#[0-9]* (deleted)$' || ls -d .tonecell-* >/dev/null 2>&1
}

# await_writing PROGRAM: until it does, or has ended.
await_writing() {
	until writes_file "$1" || ! kill -0 "$1" 2>/dev/null; do sleep 0.02; done
}
