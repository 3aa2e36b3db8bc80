#!/bin/sh
# The shared libraries export exactly the functions that their headers declare.
set -u
LC_ALL=C
export LC_ALL
source=$(cd "${srcdir:-.}" && pwd)
libraries=$PWD/core/.libs
failed=0

command -v nm >/dev/null || { echo "skipped: nm is not installed (Debian: binutils)"; exit 77; }

# declared HEADER...: the functions of headers, without those of the headers they include; a typedef
# names no function.
declared() {
	for header; do
		$BUILD_CC -E -I"$source/core" "$source/core/$header" |
			awk -v header="/$header\"" '/^# / { inside = index($0, header) > 0 } /^#/ { next } inside' | tr '\n' ' ' |
			tr ';{}' '\n\n\n' | grep -v typedef | grep -o 'tc_[a-z0-9_]* *(' | tr -d ' ('
	done | sort -u
}

# exported LIBRARY
exported() {
	nm -D --defined-only "$libraries/$1.so" | awk '{ print $3 }' | sed 's/@.*//' |
		grep -v -e '^_init$' -e '^_fini$' -e '^__asan' -e '^__odr_asan' | sort -u
}

# check LIBRARY HEADER...
check() {
	library=$1
	shift
	[ -e "$libraries/$library.so" ] || { echo "skipped: no shared library $library"; exit 77; }
	declared=$(declared "$@") exported=$(exported "$library")
	[ -n "$declared" ] || { echo "FAILED: $* declare nothing"; failed=1; }
	for function in $declared; do
		echo "$exported" | grep -qx "$function" || { echo "FAILED: $library lacks $function"; failed=1; }
	done
	for function in $exported; do
		echo "$declared" | grep -qx "$function" ||
			{ echo "FAILED: $library exports $function, which $* do not declare"; failed=1; }
	done
}

check libtonecell tonecell.h
check libtonecell-train tonecell-train.h tonecell-align.h tonecell-score.h tonecell-health.h
exit $failed
