#!/bin/sh
# What `make install-strip` installs: libraries without debugging data, and a plugin that still has
# its model and plays it. No `make install` here: that links the trainer's library anew, in the build
# folder, where other tests use it meanwhile.
set -u
build=$PLUGIN_FOLDER/../..
work=$(cd "$(mktemp -d)" && pwd -P) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
export LC_ALL=C HOME="$work"
failed=0

for program in readelf strip make; do
	command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done

fail() {
	echo "FAIL $1"
	test ! -s "$work/log" || sed 's/^/     /' "$work/log"
	failed=1
}

# As `make install-strip` does it, without the variables of the make that runs this test.
libdir=$(sed -n "s/^libdir='\(.*\)'/\1/p" "$build/core/libtonecell.la")
(
	unset MAKEFLAGS MFLAGS MAKELEVEL
	cd "$build" && mkdir -p "$work$libdir" &&
		make install-ladspaLTLIBRARIES INSTALL_STRIP_FLAG=-s DESTDIR="$work" &&
		./libtool --mode=install install -c -s core/libtonecell.la "$work$libdir"
) >"$work/log" 2>&1 || { fail "the libraries cannot be installed"; exit 1; }
plugin=$(find "$work" -name tonecell.so)

for library in "$work$libdir/libtonecell.so" "$plugin"; do
	readelf -SW "$library" >"$work/log" || fail "$library is no library"
	grep -Eq '\.(debug_|symtab)' "$work/log" && fail "$library has debugging data"
done
grep -q '\.tonecell ' "$work/log" || fail "the plugin has no section .tonecell"
: >"$work/log"

LADSPA_PATH=${plugin%/*} "$TONECELL" installed >"$work/log" 2>&1
grep -q "^$plugin: .*label tonecell, IDs" "$work/log" || fail "the plugin has lost its model"

if nm -D --undefined-only "$plugin" | grep -Eq '__(asan|ubsan|tsan)_' || ! command -v applyplugin >/dev/null; then
	echo "the plugin is not played: no applyplugin, or it cannot load a plugin built with a sanitizer"
	exit $failed
fi
"$HOSTS_BUILD/wavs" make 1 "$work/in.wav" "$work/reference.wav" 0 0 0 || exit 99
applyplugin "$work/in.wav" "$work/out.wav" "$plugin" tonecell 0 0 0 0 0 0 0 0 >"$work/log" 2>&1 ||
	fail "applyplugin cannot play the plugin"
"$HOSTS_BUILD/wavs" compare "$work/reference.wav" "$work/out.wav" 4e-5 >"$work/log" ||
	fail "the plugin sounds other than its model"
exit $failed
