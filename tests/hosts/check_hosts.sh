#!/bin/sh
# The plugin in real hosts: a model with a knob, and one with a control signal, at its rate and at
# another, sounds as `tonecell process` plays it, to the accuracy of each host; and run() makes no call
# that may wait, leaves the floating point mode as it was, and delivers no NaN, infinity or denormal
# (real-time checker, x86-64).
# check_desktop_hosts.sh has those that are slow to start.
. "${srcdir:-.}/tests/hosts/hosts.sh"
. "${srcdir:-.}/tests/hosts/equality.sh"

# Values of the controls Rate and Oversampling, and the options of `process` that do the same.
settings='
0 0
2 0 --rate delay
0 1 --oversample 2
2 2 --rate delay --oversample 4
'

check_knob() { # RATE, of the model
	choose_plugin "$1" mono
	echo "$settings" | grep . >"$work/settings"
	while read -r rate oversampling options; do
		# shellcheck disable=SC2086
		render --knob 'Knob 1=7' $options
		for host in $hosts; do check "$host" 7 0 0 0 0 0 0 "$rate" "$oversampling" </dev/null; done
	done <"$work/settings"
}

check_stereo() { # RATE, of the model; all controls that are not neutral
	choose_plugin "$1" stereo
	render --knob 'Knob 1=2' --in-gain 6 --out-gain=-3 --dry 0.25
	for host in $hosts; do
		find_row "$host"
		test "$tried" != stereo || check "$host" 2 6 -3 0.25 0 0 0 0 0
	done
}

check_control() { # RATE, of the model; in hosts that give one channel of two
	choose_control_plugin "$1"
	render --in-gain 6 --out-gain=-3
	for host in $hosts; do
		case $host in applyplugin | sox | ffmpeg | gstreamer | ecasound | csound | pd | jack | pipewire)
			check "$host" 6 -3 0 0 0 0 0 0 </dev/null ;;
		esac
	done
}

check_defaults() { # sox and ffmpeg take the defaults of what is not given
	choose_plugin 44100 mono
	render
	for host in $hosts; do
		case $host in sox | ffmpeg) check "$host" ;; esac
	done
}

check_descriptions() {
	for label in knob_44100 knob_44100_stereo; do
		if analyseplugin "$so" "$label" >"$work/log" 2>&1 && ! grep -q ERROR "$work/log" &&
			listplugins >"$work/log" 2>&1 && grep -q "/$label)" "$work/log"; then
			echo "ok   analyseplugin and listplugins $label"
		else
			fail "analyseplugin or listplugins $label"
		fi
	done
}

find_hosts mono stereo
check_knob 48000
check_knob 44100
check_stereo 48000
check_stereo 44100
check_control 48000
check_control 44100
check_defaults
check_descriptions
exit $failed
