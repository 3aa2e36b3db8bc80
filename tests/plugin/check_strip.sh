#!/bin/sh
# What `make install-strip` installs: libraries without debugging data, and a plugin that still has
# its model and plays it. It does not run make: that would link the trainer's library again, in the
# build folder, where other tests use it at the same time.
set -u
build=$PLUGIN_FOLDER/../..
work=$(cd "$(mktemp -d)" && pwd -P) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
export LC_ALL=C HOME="$work"
failed=0

for program in readelf strip; do
	command -v "$program" >/dev/null || { echo "skipped: $program is not installed"; exit 77; }
done

fail() {
	echo "FAIL $1"
	test ! -s "$work/log" || sed 's/^/     /' "$work/log"
	failed=1
}

# install_library FILE.la: as `make install-strip` does it, into its folder below $work.
install_library() {
	folder=$work$(sed -n "s/^libdir='\(.*\)'/\1/p" "$1")
	mkdir -p "$folder" && ./libtool --mode=install install -c -s "$1" "$folder"
}

(cd "$build" && install_library core/libtonecell.la && install_library plugin/tonecell.la) \
	>"$work/log" 2>&1 || { fail "the libraries cannot be installed"; exit 1; }
library=$(find "$work" -name libtonecell.so)
plugin=$(find "$work" -name tonecell.so)

for file in "$library" "$plugin"; do
	readelf -SW "$file" >"$work/log" || fail "$file is no library"
	grep -Eq '\.(debug_|symtab)' "$work/log" && fail "$file has debugging data"
done
grep -q '\.tonecell ' "$work/log" || fail "the plugin has no section .tonecell"
: >"$work/log"

LADSPA_PATH=${plugin%/*} "$TONECELL" installed >"$work/log" 2>&1
grep -q "^$plugin: .*label tonecell, IDs" "$work/log" || fail "the plugin has lost its model"

if nm -D --undefined-only "$plugin" | grep -Eq '__(asan|ubsan|tsan)_' || ! command -v applyplugin >/dev/null; then
	echo "the plugin is not played: no applyplugin, or it cannot load a plugin built with a sanitizer"
	exit $failed
fi
"$HOSTS_BUILD/wavs" noise 1 "$work/in.wav" || exit 99
"$TONECELL" process -q -m "${srcdir:-.}/plugin/builtin.safetensors" -o "$work/wanted.wav" "$work/in.wav" || exit 99
applyplugin "$work/in.wav" "$work/out.wav" "$plugin" tonecell 0 0 0 0 0 0 0 0 >"$work/log" 2>&1 ||
	fail "applyplugin cannot play the plugin"
"$HOSTS_BUILD/wavs" compare "$work/wanted.wav" "$work/out.wav" 4e-5 "$("$HOSTS_BUILD/wavs" latency "$plugin")" 0 >"$work/log" ||
	fail "the plugin sounds other than its model"
exit $failed
