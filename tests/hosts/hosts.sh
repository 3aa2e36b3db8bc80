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

fail() { # SENTENCE
	echo "FAIL $1"
	test ! -s "$work/log" || sed 's/^/     /' "$work/log"
	failed=1
}

# Programs without the sanitizers' run time cannot load a plugin that needs it.
if nm -D --undefined-only "$PLUGIN_FOLDER/tonecell.so" 2>/dev/null | grep -Eq '__(asan|ubsan|tsan)_'; then
	echo "skipped: the plugin was built with a sanitizer, which Debian's hosts cannot load"
	exit 77
fi

# Each host: its programs, the error of its sample format, the frames that it may lose at the end,
# what becomes of the latency, and what is tried: "mono" all settings of rates, "stereo" also two
# channels, "once" one setting, in hosts that take seconds to start.
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
jack         jackd,ecasound  0     0     late         stereo
pipewire     pipewire        1e-6  2400  live         mono
melt         melt            1e-4  0     late         mono
audacity     audacity,Xvfb   0     0     late         once
lmms         lmms            0     0     late         once
ardour       ardour7-lua     0     0     settled      once
'

# The row of HOST: sets programs, error, lost_frames, latency_kind and tried. Asked a hundred times, so
# that it starts no program.
find_row() { # HOST
	while read -r row programs error lost_frames latency_kind tried; do
		test "$row" != "$1" || return 0
	done <<-END
		$host_table
	END
	return 1
}

find_hosts() { # KIND...: sets hosts to those installed with which this is tried
	hosts=
	for host in $(echo "$host_table" | awk '{ print $1 }'); do
		find_row "$host"
		case " $* " in *" $tried "*) ;; *) continue ;; esac
		missing=
		for program in $(echo "$programs" | tr , ' '); do
			command -v "$program" >/dev/null || missing="$missing $program"
		done
		if test -z "$missing"; then hosts="$hosts $host"; else echo "skip $host: not installed:$missing"; fi
	done
}

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

# name1, name2 up to N.
numbered_names() { # NAME N: name1, name2 up to N
	join ', ' $(seq -f "$1%g" "$2")
}

# Play $work/in.wav, of so many `channels`, into $out, of `outputs` channels, with the plugin `label`
# (UniqueID `id`) of the file `so`; all control values, in the order of the ports. `under` goes before the
# host's program.
under='timeout 60'
play() { # HOST VALUE...
	host=$1
	shift
	out=$work/$host.wav stem=$(basename "$so" .so)
	rm -f "$out" "$RTCHECK_LOG"
	case $host in
	applyplugin) $under applyplugin "$work/in.wav" "$out" "$so" "$label" "$@" ;;
	sox) $under sox -D "$work/in.wav" -e floating-point -b 32 "$out" ladspa "$stem" "$label" "$@" ;;
	sox-l) $under sox -D "$work/in.wav" -e floating-point -b 32 "$out" ladspa -l "$stem" "$label" "$@" ;;
	ffmpeg | ffmpeg-l) $under ffmpeg -nostdin -y -loglevel error -i "$work/in.wav" \
		-af "ladspa=file=$so:plugin=$label:controls=$(join '|' "$@"):latency=$(test "$host" = ffmpeg; echo $?)" \
		-c:a pcm_f32le "$out" ;;
	ecasound) $under ecasound -q -D -x -b:64 -f:f32_le,"$channels",$RATE_HZ -i:"$work/in.wav" \
		-f:f32_le,"$outputs",$RATE_HZ -o:"$out" "-el:$label,$(join , "$@")" ;;
	gstreamer) play_gstreamer "$@" ;;
	alsa) play_alsa "$@" ;;
	mplayer) $under mplayer -really-quiet -noconfig all -vo null -vc null -af "ladspa=$so:$label:$(join : "$@")" \
		-ao "pcm:fast:file=$out" "$work/in.wav" </dev/null ;;
	csound) play_csound "$@" ;;
	pd) play_pd "$@" ;;
	jack) play_jack "$@" ;;
	pipewire) play_pipewire "$@" ;;
	melt) play_melt "$@" ;;
	audacity) play_audacity "$@" ;;
	lmms) play_lmms "$@" ;;
	ardour) play_ardour "$@" ;;
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
		$(numbered_names ain "$channels") diskin2 "$work/in.wav", 1
		aout dssiaudio gihandle, $(numbered_names ain "$channels")
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
	tables=in1 second=
	if test "$channels" = 2; then
		tables='in1 in2'
		second='#X obj 0 0 tabplay~ in2; #X obj 0 0 table in2; #X connect 1 1 13 0;
			#X connect 13 0 8 2;'
	fi
	cat >"$work/host.pd" <<-END
		#N canvas 0 0 400 300 10;
		#X obj 0 0 loadbang;
		#X obj 0 0 t b b b b;
		#X obj 0 0 delay 1000;
		#X msg 0 0 write -wave -bytes 4 $out out \; pd quit;
		#X msg 0 0 \; pd dsp 1;
		#X msg 0 0 read -resize $work/in.wav $tables \, read -resize $work/in.wav out;
		#X obj 0 0 soundfiler;
		#X obj 0 0 tabplay~ in1;
		#X obj 0 0 plugin~ $label $so;
		#X obj 0 0 tabwrite~ out;
		#X obj 0 0 table in1;
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
		$second
	END
	$under pd -nogui -batch -nrt -r $RATE_HZ -path /usr/lib/pd/extra/plugin~ "$work/host.pd"
}

# A job of JACK's server without a clock; a second output to JACK makes the plugin run in its thread.
play_jack() { # VALUE...
	jackd -n tonecell_test -r -d dummy -r $RATE_HZ -p 480 &
	server=$!
	jack_wait -s tonecell_test -w -t 10
	JACK_NO_START_SERVER=1 JACK_DEFAULT_SERVER=tonecell_test $under ecasound -q -D -x -f:f32_le,"$channels",$RATE_HZ \
		-a:file -i:"$work/in.wav" -f:f32_le,"$outputs",$RATE_HZ -o:"$out" "-el:$label,$(join , "$@")" \
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
	position=MONO positions='audio.channels = 1 audio.position = [ MONO ]' graph_ports=
	if test "$channels" = 2; then
		position='FL FR' positions='audio.channels = 2 audio.position = [ FL FR ]'
		graph_ports='inputs = [ "model:Input" "model:LFO" ] outputs = [ "model:Output" ]'
	fi
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
				{ type = ladspa name = model plugin = "$so" label = "$label" control = { $(named '"%s" = %s ' "$@") } } ]
				$graph_ports }
				capture.props = { node.name = chain_in media.class = Audio/Sink $positions }
				playback.props = { node.name = chain_out media.class = Audio/Source
					audio.channels = 1 audio.position = [ MONO ] } } } ]
		context.objects = [ { factory = spa-node-factory args = { factory.name = support.node.driver
			node.name = Dummy-Driver node.group = pipewire.dummy priority.driver = 20000 } } ]
	END
	$under pipewire -c "$work/pipewire.conf" &
	server=$!
	wait_for pw-cli info 0
	pipewire_ports chain_in Input "$channels" "$position"
	pipewire_ports chain_out Output 1 MONO
	pw-record --target chain_out --channels 1 --rate $RATE_HZ --format f32 "$out" &
	recorder=$!
	timeout 30 pw-play --target chain_in "$work/in.wav" &
	player=$!
	wait_for pipewire_node pw-record
	wait_for pipewire_node pw-play
	pipewire_ports pw-play Output "$channels" "$position"
	pipewire_ports pw-record Input 1 MONO
	wait_for pw-link chain_out:capture_MONO pw-record:input_MONO
	for port in $position; do
		wait_for pw-link "pw-play:output_$port" "chain_in:playback_$port"
	done
	wait $player
	sleep 0.3
	kill -INT $recorder
	wait $recorder
	kill $server
	wait $server
}

# A sample track with the effect; LMMS plays the file unchanged where its rate is that of .lmmsrc.xml,
# and has an instance of the plugin for each of two channels, whose ports it calls port00, port10.
play_lmms() { # VALUE...
	cat >"$HOME/.lmmsrc.xml" <<-END
		<?xml version="1.0"?>
		<!DOCTYPE lmms-config-file>
		<lmms version="1.2.2"><mixer samplerate="$RATE_HZ"/></lmms>
	END
	cat >"$work/project.mmp" <<-END
		<?xml version="1.0"?>
		<!DOCTYPE lmms-project>
		<lmms-project version="1.0" creator="LMMS" creatorversion="1.2.2" type="song">
		<head mastervol="100" bpm="140"/>
		<song><trackcontainer type="song"><track type="2" name="noise">
		<sampletrack vol="100" pan="0"><fxchain numofeffects="1" enabled="1">
		<effect name="ladspaeffect" on="1" wet="1"><ladspacontrols>
		$(numbered 0 '<port0%s data="%s"/>\n' "$@") $(numbered 0 '<port1%s data="%s"/>\n' "$@")
		</ladspacontrols><key>
		<attribute name="file" value="$stem.so"/><attribute name="plugin" value="$label"/>
		</key></effect></fxchain></sampletrack>
		<sampletco pos="0" len="192" src="$work/in.wav"/>
		</track></trackcontainer></song></lmms-project>
	END
	QT_QPA_PLATFORM=offscreen $under lmms --allowroot render "$work/project.mmp" -o "$out" -s $RATE_HZ -a -x 1
}

# A track records the dummy device's noise, and is bounced through the plugin, which has played silence
# for a second by then, so that the controls have arrived; the recording, without its fades, becomes
# in.wav. The size of the buffers is a multiple of 160 frames as for PipeWire, which see.
play_ardour() { # VALUE...
	rm -rf "$work/session"
	cat >"$work/session.lua" <<-END
		backend = AudioEngine:set_backend("None (Dummy)", "Unit-Test", "")
		backend:set_device_name("Uniform White Noise") backend:set_sample_rate($RATE_HZ) backend:set_buffer_size(640)
		session = create_session("$work/session", "session", $RATE_HZ)
		track = session:new_audio_track(1, 2, nil, 1, "track", ARDOUR.PresentationInfo.max_order,
			ARDOUR.TrackMode.Normal, true):front()
		track:rec_enable_control():set_value(1, PBD.GroupControlDisposition.NoGroup)
		session:maybe_enable_record()
		session:request_roll(ARDOUR.TransportRequestSource.TRS_UI)
		sleep(1)
		session:request_stop(false, false, ARDOUR.TransportRequestSource.TRS_UI)
		sleep(1)
		track:rec_enable_control():set_value(0, PBD.GroupControlDisposition.NoGroup)
		for region in track:playlist():region_list():iter() do recorded = region end
		recorded:to_audioregion():set_fade_in_active(false)
		recorded:to_audioregion():set_fade_out_active(false)
		track:add_processor_by_index(ARDOUR.LuaAPI.new_plugin(session, "$id", ARDOUR.PluginType.LADSPA, ""), 0, nil, true)
		plugin = track:nth_plugin(0)
		$(numbered 0 'ARDOUR.LuaAPI.set_processor_param(plugin, %s, %s)\n' "$@")
		sleep(1)
		played = track:bounce_range(0, recorded:length():samples(), ARDOUR.InterThreadInfo(), plugin, true, "played")
		for region, file in pairs({ [recorded] = "$work/in.wav", [played] = "$out" }) do
			os.execute("cp '" .. region:source(0):to_filesource():path() .. "' '" .. file .. "'")
		end
		close_session()
		quit()
	END
	$under ardour7-lua "$work/session.lua"
}

# Audacity under an X server of its own: first without its script pipe, which the processes that look
# for plugins would take over, then with it. A plugin is a command called after its
# name, with the controls that it had last.
play_audacity() { # VALUE...
	config=$XDG_CONFIG_HOME/audacity pipe=/tmp/audacity_script_pipe module=/usr/lib/audacity/modules/mod-script-pipe.so
	rm -f "$work/display"
	mkdir -p "$config"
	Xvfb -displayfd 3 -nolisten tcp 3>"$work/display" &
	server=$!
	wait_for test -s "$work/display"
	grep -q "$label" "$config/pluginregistry.cfg" || audacity_find_plugins
	audacity_settings "$@" >"$config/pluginsettings.cfg"
	audacity_start '[FileFormats/ExportFormat_SF1_Type]' WAV_10000=6 '[Module]' mod-script-pipe=1 \
		'[ModulePath]' "mod-script-pipe=$module" \
		'[ModuleDateTime]' "mod-script-pipe=$(date -r "$module" +%Y-%m-%dT%H:%M:%S)"
	audacity_render
	audacity_stop
	kill $server
	wait $server
}

audacity_find_plugins() {
	test -e "$config/pluginregistry.cfg" || audacity_registry >"$config/pluginregistry.cfg"
	audacity_start
	wait_for grep -q "$label" "$config/pluginregistry.cfg"
	audacity_stop
}

# The plugins of the folder that it always looks into, as known and of no use, which saves seconds.
audacity_registry() {
	echo pluginregistryversion=1.2
	for file in /usr/lib/ladspa/*.so; do
		printf '%s\n' "[pluginregistry/Effect/${file##*/}]" "Path=$file;0" Symbol=x Name=x Version=x Vendor=x \
			Description= 'ProviderID=Module__The Audacity Team_LADSPA Effects_' Enabled=0 Valid=0 \
			EffectType=Process EffectFamily=LADSPA EffectDefault=0 EffectInteractive=0 EffectRealtime=00 \
			EffectAutomatable=0
	done
}

audacity_settings() { # VALUE...
	group="[pluginsettings/base64\\:$(printf 'Effect_LADSPA_Tonecell_%s' "$label" | base64 -w 0 | sed 's/=/\\=/g')/private"
	printf '%s\n' "$group/FactoryDefaults]" Initialized=1 "$group/CurrentSettings]" \
		"Parameters=$(named '%s="%s"\n' "$@" | tr ' \n' '_ ')"
}

# A project that was not closed brings a dialog up.
audacity_start() { # LINE...: more of the configuration
	rm -rf "$work/projects" "$pipe".*."$(id -u)"
	printf '%s\n' NewPrefsInitialized=1 '[Version]' Major=3 Minor=2 Micro=4 '[Directories]' "TempDir=$work/projects" \
		'[GUI]' ShowSplashScreen=0 "$@" >"$config/audacity.cfg"
	DISPLAY=:$(cat "$work/display") $under audacity &
	audacity=$!
}

audacity_stop() {
	kill "$audacity"
	wait "$audacity"
	rm -f "$pipe".*."$(id -u)"
}

# Before its window is there it answers nothing of use.
audacity_render() {
	wait_for test -p "$pipe.from.$(id -u)"
	exec 3<>"$pipe.to.$(id -u)" 4<>"$pipe.from.$(id -u)"
	wait_for audacity_answers 1 'BatchCommand finished: OK' SelectAll:
	audacity_answers 30 'Exported' "Import2: Filename=$work/in.wav" SelectAll: "$label:" \
		"Export2: Filename=$out NumChannels=$channels"
	exec 3>&- 4<&-
}

audacity_answers() { # SECONDS ANSWER COMMAND...: whether it answers the commands with this within the time
	seconds=$1 answer=$2
	shift 2
	printf '%s\n' "$@" >&3
	# shellcheck disable=SC2016
	timeout "$seconds" sh -c 'while read -r line; do case $line in "$0"*) exit 0 ;; esac; done' "$answer" <&4
}

pipewire_node() { # NAME: its number
	pw-cli ls Node | awk -v name="\"$1\"" '/^\tid/ { id = $2 } /node.name/ && $3 == name { sub(",", "", id); print id; found = 1 }
		END { exit !found }'
}

# Without a session manager nodes have no ports by themselves.
pipewire_ports() { # NAME Input|Output CHANNELS POSITION
	pw-cli s "$(pipewire_node "$1")" PortConfig "{ direction: $2 mode: dsp format: { mediaType: audio
		mediaSubtype: raw format: F32P rate: $RATE_HZ channels: $3 position: [ $4 ] } }"
}

wait_for() { # COMMAND...: until it succeeds, at most a hundred times
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		test $tries -lt 100 || return 1
		sleep 0.1
	done
}
