# Sourced by the host tests, which get from make: PLUGIN_FOLDER, HOSTS_BUILD (programs of tests/hosts).
# shellcheck shell=sh disable=SC2034

set -u
export LC_ALL=C.UTF-8 TERM=dumb
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
export HOME="$work" XDG_RUNTIME_DIR="$work" XDG_CONFIG_HOME="$work" XDG_CACHE_HOME="$work"
export GST_REGISTRY="$work/gst.registry"
failed=0
RATE_HZ=48000 SECONDS_OF_NOISE=0.625229 # those of the wavs

# Programs without the sanitizers' run time cannot load a plugin that needs it.
if nm -D --undefined-only "$PLUGIN_FOLDER/tonecell.so" 2>/dev/null | grep -Eq '__(asan|ubsan|tsan)_'; then
	echo "skipped: the plugin was built with a sanitizer, which Debian's hosts cannot load"
	exit 77
fi

# Each host: its program, the error of its sample format, the frames that it may lose at the end,
# what becomes of the latency, and whether it is also tried with two channels.
#
# applyplugin writes 16 bits, melt reads them, too. sox rounds to 25 bits (6e-8) as it reads a file, as
# it calls the plugin and as it writes, and a model may amplify small differences nine times. Those
# without an error deliver every bit. What PipeWire played before leaves traces in the last bits.
host_table='
applyplugin  applyplugin     4e-5  0     late         stereo
sox          sox             2e-6  0     late         stereo
sox-l        sox             2e-6  0     compensated  stereo
ffmpeg       ffmpeg          0     0     late         stereo
ffmpeg-l     ffmpeg          0     0     compensated  stereo
ecasound     ecasound        0     0     late         stereo
gstreamer    gst-launch-1.0  0     0     late         stereo
alsa         aplay           0     0     late         stereo
mplayer      mplayer         0     0     late         mono
csound       csound          0     0     late         mono
pd           pd              0     0     late         mono
jack         jackd           0     0     late         stereo
pipewire     pipewire        1e-6  2400  live         mono
melt         melt            1e-4  0     late         mono
'

# FIELD of the row of HOST: 2 program, 3 error, 4 frames lost, 5 latency, 6 channels.
host_field() { # HOST FIELD
	echo "$host_table" | awk -v host="$1" -v field="$2" '$1 == host { print $field }'
}

hosts=
for host in $(echo "$host_table" | awk '{ print $1 }'); do
	program=$(host_field "$host" 2)
	if command -v "$program" >/dev/null; then hosts="$hosts $host"; else echo "skip $host: $program is not installed"; fi
done

join() { # SEPARATOR WORD...
	separator=$1 joined=$2
	shift 2
	for word; do joined=$joined$separator$word; done
	echo "$joined"
}

# For each control what printf FORMAT makes of its name, as the plugin has it, and its value.
named() { # FORMAT VALUE...
	format=$1
	shift
	analyseplugin "$so" "$label" | sed -n 's/.*"\([^"]*\)" input, control.*/\1/p' | while IFS= read -r control; do
		# shellcheck disable=SC2059
		printf "$format" "$control" "$1"
		shift
	done
}

# The same with its number, starting with FIRST.
numbered() { # FIRST FORMAT VALUE...
	port=$1 format=$2
	shift 2
	for value; do
		# shellcheck disable=SC2059
		printf "$format" "$port" "$value"
		port=$((port + 1))
	done
}

# Play $work/in.wav, of so many channels, into $out with the plugin `label` (UniqueID `id`) of the file
# `so`; all control values, in the order of the ports. `under` goes before the host's program.
under='timeout 60'
play() { # HOST VALUE...
	host=$1
	shift
	out=$work/$host.wav stem=$(basename "$so" .so)
	rm -f "$out"
	case $host in
	applyplugin) $under applyplugin "$work/in.wav" "$out" "$so" "$label" "$@" ;;
	sox) $under sox -D "$work/in.wav" -e floating-point -b 32 "$out" ladspa "$stem" "$label" "$@" ;;
	sox-l) $under sox -D "$work/in.wav" -e floating-point -b 32 "$out" ladspa -l "$stem" "$label" "$@" ;;
	ffmpeg | ffmpeg-l) $under ffmpeg -nostdin -y -loglevel error -i "$work/in.wav" \
		-af "ladspa=file=$so:plugin=$label:controls=$(join '|' "$@"):latency=$(test "$host" = ffmpeg; echo $?)" \
		-c:a pcm_f32le "$out" ;;
	ecasound) $under ecasound -q -D -x -b:64 -f:f32_le,"$channels",$RATE_HZ -i:"$work/in.wav" \
		-f:f32_le,"$channels",$RATE_HZ -o:"$out" "-el:$label,$(join , "$@")" ;;
	gstreamer) play_gstreamer "$@" ;;
	alsa) play_alsa "$@" ;;
	mplayer) $under mplayer -really-quiet -noconfig all -vo null -vc null -af "ladspa=$so:$label:$(join : "$@")" \
		-ao "pcm:fast:file=$out" "$work/in.wav" </dev/null ;;
	csound) play_csound "$@" ;;
	pd) play_pd "$@" ;;
	jack) play_jack "$@" ;;
	pipewire) play_pipewire "$@" ;;
	melt) play_melt "$@" ;;
	esac >"$work/log" 2>&1
}

# An element is called after file and label, a property after a port: lower case, without the unit,
# other characters as '-'.
play_gstreamer() { # VALUE...
	element=ladspa-$(echo "$stem-so-$label" | tr 'A-Z_.' 'a-z--')
	# shellcheck disable=SC2046
	$under gst-launch-1.0 -q filesrc location="$work/in.wav" ! wavparse ! audioconvert ! \
		"$element" $(named '%s=%s\n' "$@" | sed 's/ ([^)]*)//' | tr 'A-Z ' 'a-z-') ! \
		wavenc ! filesink location="$out"
}

# ALSA's plugin is a PCM; behind it stands one that writes a file, whose header calls floats integers.
play_alsa() { # VALUE...
	cat /usr/share/alsa/alsa.conf - >"$work/alsa.conf" <<-END
		pcm.file { type file; slave.pcm null; file "$out"; format wav }
		pcm.tonecell { type ladspa; slave.pcm "plug:file"; path "${so%/*}"; channels $channels
			plugins [ { label $label; input { controls [ $* ] } } ] }
	END
	ALSA_CONFIG_PATH=$work/alsa.conf $under aplay -q -D plug:tonecell "$work/in.wav"
	printf '\003' | dd of="$out" bs=1 seek=20 conv=notrunc status=none
}

play_csound() { # VALUE...
	cat >"$work/host.csd" <<-END
		<CsoundSynthesizer>
		<CsInstruments>
		sr = $RATE_HZ
		ksmps = 32
		nchnls = 1
		0dbfs = 1
		gihandle dssiinit "$so", 0, 1
		instr 1
		dssiactivate gihandle, 1
		$(numbered 0 'dssictls gihandle, %s, %s, 1\n' "$@")
		ain diskin2 "$work/in.wav", 1
		aout dssiaudio gihandle, ain
		out aout
		endin
		</CsInstruments>
		<CsScore>
		i 1 0 $SECONDS_OF_NOISE
		</CsScore>
		</CsoundSynthesizer>
	END
	$under csound -W -f -o "$out" "$work/host.csd"
}

# From an array to an array, without a clock.
play_pd() { # VALUE...
	cat >"$work/host.pd" <<-END
		#N canvas 0 0 400 300 10;
		#X obj 0 0 loadbang;
		#X obj 0 0 t b b b b;
		#X obj 0 0 delay 1000;
		#X msg 0 0 write -wave -bytes 4 $out out \; pd quit;
		#X msg 0 0 \; pd dsp 1;
		#X msg 0 0 read -resize $work/in.wav in \, read -resize $work/in.wav out;
		#X obj 0 0 soundfiler;
		#X obj 0 0 tabplay~ in;
		#X obj 0 0 plugin~ $label $so;
		#X obj 0 0 tabwrite~ out;
		#X obj 0 0 table in;
		#X obj 0 0 table out;
		#X msg 0 0 $(numbered 1 'control #%s %s \\, ' "$@");
		#X connect 0 0 1 0;
		#X connect 1 0 2 0;
		#X connect 1 1 7 0;
		#X connect 1 1 9 0;
		#X connect 1 2 12 0;
		#X connect 1 2 4 0;
		#X connect 1 3 5 0;
		#X connect 2 0 3 0;
		#X connect 3 0 6 0;
		#X connect 5 0 6 0;
		#X connect 7 0 8 1;
		#X connect 8 1 9 0;
		#X connect 12 0 8 0;
	END
	$under pd -nogui -batch -nrt -r $RATE_HZ -path /usr/lib/pd/extra/plugin~ "$work/host.pd"
}

# A job of JACK's server without a clock; a second output to JACK makes the plugin run in its thread.
play_jack() { # VALUE...
	jackd -n tonecell_test -r -d dummy -r $RATE_HZ -p 480 &
	server=$!
	jack_wait -s tonecell_test -w -t 10
	JACK_NO_START_SERVER=1 JACK_DEFAULT_SERVER=tonecell_test $under ecasound -q -D -x -f:f32_le,"$channels",$RATE_HZ \
		-a:file -i:"$work/in.wav" -f:f32_le,"$channels",$RATE_HZ -o:"$out" "-el:$label,$(join , "$@")" \
		-a:jack -i:"$work/in.wav" -o jack,system
	kill $server
	wait $server
}

play_melt() { # VALUE...
	# shellcheck disable=SC2046
	$under melt "$work/in.wav" -attach "ladspa.$id" \
		$(numbered 0 '%s=%s\n' "$@") \
		-consumer "avformat:$out" frequency=$RATE_HZ channels=1 vn=1 acodec=pcm_f32le
}

# A PipeWire of its own without devices: pw-play, the filter chain and pw-record, which begins first.
# The quantum is a multiple of 160 frames, after which the phases of a conversion repeat.
play_pipewire() { # VALUE...
	cat >"$work/pipewire.conf" <<-END
		context.properties = { core.daemon = true core.name = pipewire-0 support.dbus = false
			mem.allow-mlock = false default.clock.rate = $RATE_HZ default.clock.quantum = 480
			default.clock.min-quantum = 480 default.clock.max-quantum = 480
			clock.power-of-two-quantum = false }
		context.spa-libs = { audio.convert.* = audioconvert/libspa-audioconvert support.* = support/libspa-support }
		context.modules = [ { name = libpipewire-module-protocol-native } { name = libpipewire-module-metadata }
			{ name = libpipewire-module-spa-node-factory } { name = libpipewire-module-client-node }
			{ name = libpipewire-module-access } { name = libpipewire-module-adapter }
			{ name = libpipewire-module-link-factory }
			{ name = libpipewire-module-filter-chain args = { filter.graph = { nodes = [
				{ type = ladspa name = model plugin = "$so" label = "$label" control = { $(named '"%s" = %s ' "$@") } } ] }
				audio.channels = 1 audio.position = [ MONO ]
				capture.props = { node.name = chain_in media.class = Audio/Sink }
				playback.props = { node.name = chain_out media.class = Audio/Source } } } ]
		context.objects = [ { factory = spa-node-factory args = { factory.name = support.node.driver
			node.name = Dummy-Driver node.group = pipewire.dummy priority.driver = 20000 } } ]
	END
	$under pipewire -c "$work/pipewire.conf" &
	server=$!
	wait_for pw-cli info 0
	pipewire_ports chain_in Input
	pipewire_ports chain_out Output
	pw-record --target chain_out --channels 1 --rate $RATE_HZ --format f32 "$out" &
	recorder=$!
	timeout 30 pw-play --target chain_in "$work/in.wav" &
	player=$!
	wait_for pipewire_node pw-record
	wait_for pipewire_node pw-play
	pipewire_ports pw-play Output
	pipewire_ports pw-record Input
	wait_for pw-link chain_out:capture_MONO pw-record:input_MONO
	wait_for pw-link pw-play:output_MONO chain_in:playback_MONO
	wait $player
	sleep 0.3
	kill -INT $recorder
	wait $recorder
	kill $server
	wait $server
}

pipewire_node() { # NAME: its number
	pw-cli ls Node | awk -v name="\"$1\"" '/^\tid/ { id = $2 } /node.name/ && $3 == name { sub(",", "", id); print id; found = 1 }
		END { exit !found }'
}

pipewire_ports() { # NAME Input|Output: without a session manager nodes have no ports by themselves
	pw-cli s "$(pipewire_node "$1")" PortConfig "{ direction: $2 mode: dsp format: { mediaType: audio
		mediaSubtype: raw format: F32P rate: $RATE_HZ channels: 1 position: [ MONO ] } }"
}

wait_for() { # COMMAND...: until it succeeds, three seconds at most
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		test $tries -lt 30 || return 1
		sleep 0.1
	done
}
