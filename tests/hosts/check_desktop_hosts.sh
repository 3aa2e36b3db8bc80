#!/bin/sh
# The plugin in Audacity, LMMS and Ardour, which take seconds to start: as check_hosts.sh, with one
# setting of the controls for a model of their rate and one for a model of another; in Audacity a
# model with a control signal, too.
. "${srcdir:-.}/tests/hosts/hosts.sh"
. "${srcdir:-.}/tests/hosts/equality.sh"

check_rate() { # RATE, of the model
	for host in $hosts; do
		choose_plugin "$1" mono
		play "$host" 7 0 0 0 0 0 0 0 0 </dev/null
		render --knob 'Knob 1=7' # after the host, since Ardour makes another in.wav
		judge "$host" 7 0 0 0 0 0 0 0 0
	done
}

# Audacity puts the output into both channels of a stereo track, and adds these up for a mono file.
check_control() { # RATE, of the model
	case " $hosts " in *" audacity "*) ;; *) return ;; esac
	choose_control_plugin "$1"
	play audacity 6 -3 0 0 0 0 0 0 </dev/null
	render --in-gain 6 --out-gain=-3
	judge audacity 6 -3 0 0 0 0 0 0
}

find_hosts once
test -n "$hosts" || exit 77
choose_plugin 44100 mono # so that Audacity finds both at once
check_rate 48000
check_rate 44100
check_control 48000
exit $failed
