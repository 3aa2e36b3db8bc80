#!/bin/sh
# The shared libraries export exactly the functions that their headers declare.
set -u
LC_ALL=C
export LC_ALL
source=$(cd "${srcdir:-.}" && pwd)
libraries=$PWD/core/.libs
failed=0

command -v nm >/dev/null || { echo "skipped: nm is not installed (Debian: binutils)"; exit 77; }

# declared HEADER: the functions of a header, without those of the headers it includes; a typedef
# names no function.
declared() {
	$BUILD_CC -E -I"$source/core" "$source/core/$1" |
		awk -v header="/$1\"" '/^#/ { inside = index($0, header) > 0; next } inside' | tr '\n' ' ' | tr ';{}' '\n\n\n' |
		grep -v typedef | grep -o 'tc_[a-z0-9_]* *(' | tr -d ' (' | sort -u
}

# exported LIBRARY
exported() {
	nm -D --defined-only "$libraries/$1.so" | awk '{ print $3 }' | sed 's/@.*//' |
		grep -v -e '^_init$' -e '^_fini$' -e '^__asan' -e '^__odr_asan' | sort -u
}

for name in tonecell tonecell-train; do
	[ -e "$libraries/lib$name.so" ] || { echo "skipped: no shared library lib$name"; exit 77; }
	declared=$(declared $name.h) exported=$(exported lib$name)
	[ -n "$declared" ] || { echo "FAILED: $name.h declares nothing"; failed=1; }
	for function in $declared; do
		echo "$exported" | grep -qx "$function" || { echo "FAILED: lib$name lacks $function"; failed=1; }
	done
	for function in $exported; do
		echo "$declared" | grep -qx "$function" ||
			{ echo "FAILED: lib$name exports $function, which $name.h does not declare"; failed=1; }
	done
done
exit $failed
