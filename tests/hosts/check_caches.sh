#!/bin/sh
# GStreamer and Audacity keep lists of the plugins they found, Ardour looks at the files whenever it
# starts. Each plays a model, what `install --replace` puts in its place, of the same size and with
# another knob, and a model that is new, without a file of the host's being removed.
. "${srcdir:-.}/tests/hosts/hosts.sh"
. "${srcdir:-.}/tests/hosts/equality.sh"

export LADSPA_PATH="$HOME/.ladspa"

install_model() { # LABEL KNOBS SEED; sets what play() and render() read
	model=$work/$1.safetensors so=$LADSPA_PATH/tonecell_$1.so label=$1 channels=1 outputs=1 latency_of=
	sleep 1 # caches know a file by its size and the second in which it was written
	"$MAKE_MODEL" --knobs "$2" --seed "$3" --hidden 8 --rate 48000 --label "$label" "$model" &&
		"$TONECELL" install -q --replace "$model" >/dev/null || exit 99
	id=$(listplugins | sed -n "s|.*(\([0-9]*\)/$label)|\1|p")
	"$HOSTS_BUILD/wavs" noise 1 "$work/in.wav" || exit 99
}

check_model() { # VALUE...
	play "$host" "$@" </dev/null
	render --knob 'Knob 1=7' # after the host, since Ardour makes another in.wav
	judge "$host" "$@"
}

find_hosts stereo once >/dev/null
found=
for host in $hosts; do
	case $host in gstreamer | audacity | ardour) found=1 ;; *) continue ;; esac
	install_model "cached_$host" 1 1
	check_model 7 0 0 0 0 0 0 0 0
	install_model "cached_$host" 1 2
	check_model 7 0 0 0 0 0 0 0 0
	install_model "cached_$host" 2 3
	check_model 7 5 0 0 0 0 0 0 0 0
	install_model "new_$host" 1 4
	check_model 7 0 0 0 0 0 0 0 0
done
test -n "$found" || exit 77
exit $failed
