#!/bin/sh
# The plugin in real hosts: its samples are those of the player, to the accuracy of each host.
. "${srcdir:-.}/tests/hosts/hosts.sh"

# applyplugin writes 16 bits. sox rounds to 25 bits (6e-8) as it reads a file, as it calls the plugin
# and as it writes, and the built-in overdrive amplifies small differences nine times.
tolerance() {
	case $1 in
	applyplugin) echo 4e-5 ;;
	sox) echo 2e-6 ;;
	*) echo 0 ;;
	esac
}

check_sound() { # LABEL CHANNELS IN_GAIN OUT_GAIN DRY
	"$HOSTS_BUILD/wavs" make "$2" "$work/in.wav" "$work/reference.wav" "$3" "$4" "$5" || exit 99
	for host in $hosts; do
		if play "$host" "$1" "$2" "$3" "$4" "$5" 0 0 0 0 0 &&
			"$HOSTS_BUILD/wavs" compare "$work/reference.wav" "$out" "$(tolerance "$host")" >"$work/log"; then
			echo "ok   $host $1: $(cat "$work/log")"
		else
			fail "$host $1 with $3 dB, $4 dB, dry $5"
		fi
	done
}

check_defaults() { # sox and ffmpeg take the defaults of what is not given; the three outputs must agree
	"$HOSTS_BUILD/wavs" make 1 "$work/in.wav" "$work/reference.wav" || exit 99
	for command in \
		"sox -D $work/in.wav -e floating-point -b 32 $work/default.wav ladspa tonecell tonecell" \
		"ffmpeg -nostdin -y -loglevel error -i $work/in.wav -af ladspa=file=tonecell:plugin=tonecell -c:a pcm_f32le $work/default.wav"; do
		command -v "${command%% *}" >/dev/null || continue
		if $command >"$work/log" 2>&1 &&
			"$HOSTS_BUILD/wavs" compare "$work/reference.wav" "$work/default.wav" 2e-6 >"$work/log"; then
			echo "ok   ${command%% *} without values"
		else
			fail "${command%% *} without values"
		fi
	done
}

check_descriptions() {
	for label in tonecell tonecell_stereo; do
		if analyseplugin tonecell.so "$label" >"$work/log" 2>&1 && ! grep -q ERROR "$work/log"; then
			echo "ok   analyseplugin $label"
		else
			fail "analyseplugin $label"
		fi
		if listplugins >"$work/log" 2>&1 && grep -q "/$label)" "$work/log"; then
			echo "ok   listplugins $label"
		else
			fail "listplugins $label"
		fi
	done
}

check_sound tonecell 1 0 0 0
check_sound tonecell 1 12 -6 0.25
check_sound tonecell_stereo 2 0 0 0
check_sound tonecell_stereo 2 6 -3 0
check_defaults
if command -v analyseplugin >/dev/null; then check_descriptions; fi
exit $failed
