#!/bin/sh
# Plugins of different versions in one process, loaded with RTLD_GLOBAL, do not use each other's
# functions. The other version is a library with every global symbol of ours, each a function that
# aborts; the plugins loaded after it, and after each other, play as each does alone.
set -u
work=$(cd "$(mktemp -d)" && pwd -P) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
export LC_ALL=C HOME="$work"
core=$PLUGIN_FOLDER/../../core
failed=0

command -v nm >/dev/null || { echo "skipped: nm is not installed (Debian: binutils)"; exit 77; }
if nm -D --undefined-only "$PLUGIN_FOLDER/tonecell.so" | grep -Eq '__(asan|ubsan|tsan)_'; then
	echo "skipped: the plugin was built with a sanitizer"
	exit 77
fi

fail() {
	echo "FAIL $1"
	failed=1
}

# All that is linked into plugin, libraries and programs, with the names that the plugin file has.
symbols=$(nm -g --defined-only "$PLUGIN_FOLDER"/*.o "$core"/.libs/*.a "$core"/*/.libs/*.a 2>/dev/null |
	awk 'NF == 3 && $3 ~ /^[A-Za-z_][A-Za-z0-9_]*$/ { print $3 }' | sort -u)
for symbol in tc_player_process tc_cell_name ladspa_descriptor; do
	echo "$symbols" | grep -qx "$symbol" || fail "the symbols of the core lack $symbol"
done
{
	echo 'void abort(void);'
	echo "$symbols" | sed 's/.*/void &(void);\nvoid &(void)\n{\n    abort();\n}/'
} >"$work/other.c"
# shellcheck disable=SC2086
${BUILD_CC:-cc} -w -fno-builtin -fPIC -shared -o "$work/other.so" "$work/other.c" || exit 99

"$MAKE_MODEL" --knobs 1 --hidden 8 --rate 44100 --label resampled "$work/a.safetensors" || exit 99
"$MAKE_MODEL" --cell gru --hidden 12 --rate 48000 --label plain "$work/b.safetensors" || exit 99
for model in a b; do
	"$TONECELL" bundle -q "$work/$model.safetensors" -o "$work/$model.so" >/dev/null || exit 99
done
cp "$PLUGIN_FOLDER/tonecell.so" "$work/t.so"

neighbours=$PLUGIN_FOLDER/../../tests/plugin/neighbours
for plugin in a b t; do
	"$neighbours" "$work/$plugin.so" || fail "$plugin.so cannot be played alone"
done >"$work/alone"
test "$(awk '{ print $2; print $3 }' "$work/alone" | sort -u | wc -l)" = 6 || fail "the plugins sound alike"

play_together() { # PLUGIN...: the first is unloaded in between
	order="$*"
	set --
	for plugin in $order; do set -- "$@" "$work/$plugin.so"; done
	"$neighbours" --library "$work/other.so" "$@" >"$work/together" 2>&1 || fail "$order: $(cat "$work/together")"
	test "$(wc -l <"$work/together")" = $# || fail "$order: not all were played"
	while read -r line; do
		grep -q "^$line" "$work/alone" || fail "$order: not as alone: $line"
	done <"$work/together"
}

play_together t a b
play_together b a t
play_together a t b
exit $failed
