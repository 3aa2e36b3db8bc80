# Sourced by the host tests, which get from make: PLUGIN_FOLDER, HOSTS_BUILD (programs of tests/hosts).
# shellcheck shell=sh disable=SC2034

set -u
export LADSPA_PATH="$PLUGIN_FOLDER" LC_ALL=C.UTF-8 TERM=dumb
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
export HOME="$work"
failed=0
hosts=

# Programs without the sanitizers' run time cannot load a plugin that needs it.
if nm -D --undefined-only "$PLUGIN_FOLDER/tonecell.so" 2>/dev/null | grep -Eq '__(asan|ubsan|tsan)_'; then
	echo "skipped: the plugin was built with a sanitizer, which Debian's hosts cannot load"
	exit 77
fi
for program in applyplugin sox ffmpeg ecasound; do
	if command -v "$program" >/dev/null; then hosts="$hosts $program"; else echo "missing: $program"; fi
done
if test -z "$hosts"; then
	echo "skipped: none of applyplugin, sox, ffmpeg and ecasound is installed"
	exit 77
fi

join() { # SEPARATOR WORD...
	separator=$1 joined=$2
	shift 2
	for word; do joined=$joined$separator$word; done
	echo "$joined"
}

# Play $work/in.wav into $work/NAME.wav: play NAME LABEL CHANNELS VALUE... ; `under` goes before the host.
under=
play() {
	name=$1 label=$2 channels=$3
	shift 3
	out=$work/$name.wav
	rm -f "$out"
	case $name in
	applyplugin) $under applyplugin "$work/in.wav" "$out" tonecell.so "$label" "$@" ;;
	sox) $under sox -D "$work/in.wav" -e floating-point -b 32 "$out" ladspa tonecell "$label" "$@" ;;
	ffmpeg) $under ffmpeg -nostdin -y -loglevel error -i "$work/in.wav" \
		-af "ladspa=file=tonecell:plugin=$label:controls=$(join '|' "$@")" -c:a pcm_f32le "$out" ;;
	ecasound) $under ecasound -q -D -x -b:64 -f:f32_le,"$channels",48000 -i:"$work/in.wav" \
		-f:f32_le,"$channels",48000 -o:"$out" "-el:$label,$(join , "$@")" ;;
	esac >"$work/log" 2>&1
}

fail() { # SENTENCE
	echo "FAIL $1"
	test ! -s "$work/log" || sed 's/^/     /' "$work/log"
	failed=1
}
