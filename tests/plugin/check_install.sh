#!/bin/sh
# install, installed, uninstall, bundle: what they write, what they refuse, what they do not touch.
set -u
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
home=$work/a\ home
mkdir "$home" "$work/foreign"
export HOME="$home" LADSPA_PATH="$work/foreign" LC_ALL=C
ladspa=$home/.ladspa
failed=0

fail() {
	echo "FAIL $1"
	sed 's/^/     /' "$work/out" "$work/err"
	failed=1
}

run() { # STATUS COMMAND ARGUMENT... ; stdout and stderr are kept
	wanted=$1
	shift
	"$TONECELL" "$@" >"$work/out" 2>"$work/err"
	status=$?
	test "$status" = "$wanted" || fail "tonecell $*: exit status $status, expected $wanted"
}

warned() { # WORDS: on stderr
	grep -qF -- "$1" "$work/err" || fail "not on stderr: $1"
}

printed() { # WORDS: on stdout
	grep -qF -- "$1" "$work/out" || fail "not printed: $1"
}

absent() {
	test ! -e "$1" || fail "there should be no $1"
}

ids() { # LABEL, as `installed` prints them
	"$TONECELL" installed 2>/dev/null | sed -n "s/.*label $1, IDs //p"
}

"$MAKE_MODEL" --name 'Big Muff' "$work/one.safetensors" || exit 99
"$MAKE_MODEL" --hidden 30 --seed 2 "$work/Second Take.safetensors" || exit 99
"$MAKE_MODEL" --inputs 2 --outputs 2 "$work/pair.safetensors" || exit 99
"$MAKE_MODEL" --hidden 9 --seed 3 --label crunch "$work/crunch.safetensors" || exit 99

# Other folders of the machine may have some.
run 0 installed
test -s "$work/out" || warned 'no LADSPA folder has a plugin of Tonecell'

# Labels: of the model, its name, its file.
run 0 install "$work/one.safetensors" "$work/Second Take.safetensors" "$work/crunch.safetensors"
grep -q warning "$work/err" && fail "a warning about labels that nobody has"
printed "$ladspa/tonecell_big_muff.so"
printed "$ladspa/tonecell_second_take.so"
printed "$ladspa/tonecell_crunch.so"
warned "LADSPA_PATH=$ladspa:$work/foreign"
run 0 installed
printed 'Big Muff, label big_muff'
run 0 installed --json
printed '"label": "second_take"'
first_ids=$(ids big_muff)

# Another model under the label: refused without --replace. With it the IDs stay.
cp "$ladspa/tonecell_big_muff.so" "$work/before.so"
run 1 install --label big_muff "$work/crunch.safetensors"
warned "$ladspa/tonecell_big_muff.so: another model, 'Big Muff', is installed here under the label big_muff: --replace puts"
cmp -s "$ladspa/tonecell_big_muff.so" "$work/before.so" || fail "a refused install changed the file"
run 0 install --replace --label big_muff "$work/crunch.safetensors"
test "$(ids big_muff)" = "$first_ids" || fail "the IDs changed from $first_ids to $(ids big_muff)"
test "$(ls -A "$ladspa" | grep -c '\.so$\|^\.')" = 3 || fail "left-over files in $ladspa"
run 0 install --replace "$work/one.safetensors"
run 0 install "$work/one.safetensors"

# A file that cannot be read as a plugin is somebody's, too; a file cut short counts as such.
head -c 4000 "$work/before.so" >"$ladspa/tonecell_big_muff.so"
run 0 installed
printed "$ladspa/tonecell_big_muff.so: damaged: "
run 1 install "$work/one.safetensors"
warned 'a file that cannot be read has the place of the label big_muff: --replace puts'
run 0 install --replace "$work/one.safetensors"

# Names: --name, else that of --label, else the model's. No two are alike.
shown() { # LABEL, as `installed` prints its name
	"$TONECELL" installed 2>/dev/null | sed -n "s|^$ladspa/[^:]*: \(.*\), label $1, IDs .*|\1|p"
}
name_is() { # LABEL NAME
	test "$(shown "$1")" = "$2" || fail "the label $1 has the name '$(shown "$1")', expected '$2'"
}
run 0 install --name 'Lead & <Rhythm>' "$work/one.safetensors"
name_is lead_rhythm 'Lead & <Rhythm>'
run 0 install --label cold "$work/one.safetensors"
name_is cold cold
run 0 install --name 'Warm one' --label warm "$work/one.safetensors"
name_is warm 'Warm one'
run 1 install --name cold --label colder "$work/one.safetensors"
warned "show the name 'cold' for the plugin $ladspa/tonecell_cold.so already: give another --name, or"
absent "$ladspa/tonecell_colder.so"
"$MAKE_MODEL" --hidden 3 --seed 7 --name 'Big Muff' --label muff_2 "$work/twin.safetensors" || exit 99
run 0 install "$work/twin.safetensors"
warned "is called 'Big Muff (muff_2)', since $ladspa/tonecell_big_muff.so has the name 'Big Muff' already"
name_is muff_2 'Big Muff (muff_2)'
run 0 install "$work/twin.safetensors"
name_is muff_2 'Big Muff (muff_2)'
run 2 install --name both "$work/one.safetensors" "$work/crunch.safetensors"
warned '--name is for one model'
run 2 install --name "$(printf 'a\tb')" "$work/one.safetensors"
warned 'is not printable'
# The rate, where it is not the usual one.
for rate in 44100 48000 96000 22050; do
	"$MAKE_MODEL" --rate $rate --seed $rate --name "At $rate" "$work/rate.safetensors" || exit 99
	run 0 install "$work/rate.safetensors"
done
name_is at_48000 'At 48000'
name_is at_96000 'At 96000 (96 kHz)'
name_is at_22050 'At 22050 (22.05 kHz)'
run 0 uninstall at_44100 at_48000 at_96000 at_22050 muff_2 warm cold lead_rhythm

# Read back: the same model, to the bit, in every command.
"$MAKE_MODEL" --hidden 12 --knobs 2 --seed 5 --rate 48000 --name 'Twice' "$work/twice.safetensors" || exit 99
run 0 bundle --name 'Other name' --label other "$work/twice.safetensors" -o "$work/twice.so"
run 0 convert "$work/twice.so" "$work/back.safetensors"
printed 'differs by at most 0 on noise'
run 0 convert --name Twice "$work/twice.safetensors" "$work/expected.safetensors"
run 0 convert --name Twice "$work/back.safetensors" "$work/found.safetensors"
grep -q '"label":"other"' "$work/found.safetensors" || fail "the label was not read back"
run 0 info --json "$work/twice.so"
printed '"format": "plugin"'
printed '"name": "Other name"'
printed '"sample_rate": 48000.0'
cp "$work/twice.safetensors" "$work/named.safetensors"
"$HOSTS_BUILD/wavs" make 1 "$work/in.wav" "$work/ignored.wav" 0 0 0 2>/dev/null
if test -s "$work/in.wav"; then
	run 0 process --no-resample -m "$work/twice.so" -o "$work/a.wav" "$work/in.wav"
	run 0 process --no-resample -m "$work/twice.safetensors" -o "$work/b.wav" "$work/in.wav"
	cmp -s "$work/a.wav" "$work/b.wav" || fail "the model read back sounds different"
fi
run 0 convert --name Nice --author Me --licence MIT --label nice "$work/twice.safetensors" "$work/named.safetensors"
run 0 info "$work/named.safetensors"
for text in Nice Me MIT; do printed "$text"; done

# Which hosts on this machine look there, and the desktop's LADSPA_PATH.
mkdir "$work/bin"
for host in sox ffmpeg ardour7; do
	printf '#!/bin/sh\n' >"$work/bin/$host" && chmod +x "$work/bin/$host"
done
hosts() { # STATUS ARGUMENT...: install without LADSPA_PATH, and with these hosts
	(
		unset LADSPA_PATH
		PATH=$work/bin:$PATH
		wanted=$1
		shift
		"$TONECELL" install "$@" >"$work/out" 2>"$work/err"
		echo $? >"$work/status"
	)
	test "$(cat "$work/status")" = "$1" || fail "install $*: exit status $(cat "$work/status")"
}
hosts 0 "$work/one.safetensors"
grep -q "these hosts look in $ladspa: .*ffmpeg" "$work/err" || fail "ffmpeg does not look in $ladspa"
grep -q 'these hosts do not look there: Ardour.*, sox' "$work/err" || fail "Ardour and sox look there"
warned "need LADSPA_PATH=$ladspa:"
warned '--setup-desktop sets it'
desktop=$home/.config/environment.d/60-tonecell.conf
absent "$desktop"
hosts 0 --setup-desktop "$work/one.safetensors"
printed "$desktop"
grep -qF "LADSPA_PATH=\"$ladspa:" "$desktop" || fail "no LADSPA_PATH in $desktop"
hosts 0 "$work/one.safetensors"
warned "get it from $desktop"
run 2 install --system --setup-desktop "$work/one.safetensors"
warned "--setup-desktop is for the user's folder"

# The description in RDF, for hosts that read it: valid XML, with the ID, names and all choices.
rdf=$ladspa/rdf/tonecell_twice.rdf
run 0 install --name 'Twice <&> "so"' --label twice "$work/twice.safetensors"
id=$(ids twice | sed 's/ .*//')
grep -qF "<ladspa:SimulatorPlugin rdf:about=\"&ladspa;$id\"" "$rdf" || fail "no category in $rdf"
grep -qF '<dc:title>Twice &lt;&amp;&gt; &quot;so&quot; (stereo)</dc:title>' "$rdf" || fail "no title in $rdf"
grep -qF '<ladspa:PortValue rdf:value="5">' "$rdf" || fail "no initial value in $rdf"
grep -c '<ladspa:Scale>' "$rdf" | grep -qx 10 || fail "not all choices have names in $rdf"
if command -v python3 >/dev/null; then
	python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$rdf" ||
		fail "$rdf is no XML"
fi
run 0 uninstall twice
absent "$rdf"

# Plugin files that cannot be read back: one sentence each.
head -c 3000 "$work/twice.so" >"$work/cut.so"
run 1 info "$work/cut.so"
warned 'cut.so: the plugin file is cut short or damaged: '
LC_ALL=C sed 's/\.tonecell\x00/.otherone\x00/' "$work/twice.so" >"$work/stripped.so"
run 1 info "$work/stripped.so"
warned 'stripped.so: not a plugin of Tonecell: the library has no section .tonecell'
LC_ALL=C sed 's/Other name/Other mane/' "$work/twice.so" >"$work/altered.so"
run 1 convert "$work/altered.so" "$work/no.safetensors"
warned 'altered.so: model image is damaged: its checksum is wrong'
absent "$work/no.safetensors"
cp "$work/twice.so" "$work/future.so"
printf 'c' | dd of="$work/future.so" bs=1 conv=notrunc status=none \
	seek=$(($(LC_ALL=C grep -abo TCIMG "$work/future.so" | tail -n 1 | cut -d: -f1) + 7))
run 1 info "$work/future.so"
warned 'future.so: model image has version 99, this program reads 1 to 7: a newer Tonecell made it'

# The same IDs elsewhere: the next ones are taken, and stay when installed again.
run 0 bundle "$work/one.safetensors" -o "$work/foreign/other.so"
rm "$ladspa/tonecell_big_muff.so"
run 0 install "$work/one.safetensors"
warned "the next free ones, since $work/foreign/other.so has"
second_ids=$("$TONECELL" installed | sed -n "s|^$ladspa/tonecell_big_muff.so.*IDs ||p")
test "$second_ids" != "$first_ids" || fail "the clash of IDs $first_ids was not resolved"
rm "$work/foreign/other.so"
run 0 install "$work/one.safetensors"
test "$(ids big_muff)" = "$second_ids" || fail "the IDs changed back from $second_ids"

# A library that crashes the process that loads it is skipped, and hides no other.
head -c 5000 "$PLUGIN_FOLDER/tonecell.so" >"$work/foreign/cut.so"
run 0 install "$work/crunch.safetensors"

# A foreign library with the same IDs: a bundle whose section has another name is none to us.
run 0 bundle "$work/crunch.safetensors" -o "$work/foreign/other.so"
grep -q warning "$work/err" && fail "a warning about the usual ending"
warned 'made at 44100 Hz; in a session of another rate the plugin converts, with latency; with Rate 2 it has none at 48, '
run 0 bundle "$work/crunch.safetensors" -o "$work/other"
warned "$work/other: warning: hosts find plugins by the ending .so"
LC_ALL=C sed 's/\.tonecell\x00/.otherone\x00/' "$work/foreign/other.so" >"$work/foreign/theirs.so"
rm "$work/foreign/other.so" "$ladspa/tonecell_crunch.so"
run 0 install "$work/crunch.safetensors"
warned "since $work/foreign/theirs.so has"
warned "$work/foreign/theirs.so has the label crunch or crunch_stereo, too"
rm "$work/foreign/theirs.so"

# Foreign libraries: looked at without harm, never removed.
if test -e "$HOSTS_BUILD/.libs/rtbad.so"; then
	cp "$HOSTS_BUILD/.libs/rtbad.so" "$work/foreign/"
	echo "no library at all" >"$work/foreign/text.so"
	: >"$work/foreign/empty.so"
	run 0 install "$work/one.safetensors"
	run 1 uninstall "$work/foreign/rtbad.so" "$work/foreign/text.so"
	warned 'rtbad.so: not a plugin of Tonecell'
	warned 'text.so: not a plugin of Tonecell'
	test -e "$work/foreign/rtbad.so" || fail "a foreign library was removed"
fi

# They are looked at by a process that has no rights of root's and writes nothing.
hostile=$PLUGIN_FOLDER/../../tests/plugin/.libs/hostile.so
if test -e "$hostile"; then
	cp "$hostile" "$work/foreign/"
	echo kept >"$work/kept"
	for harmed in "$work/kept" "$work/new"; do
		HARMED=$harmed; export HARMED
		run 0 install "$work/one.safetensors"
		unset HARMED
	done
	test ! -s "$work/new" || fail "a library that is only looked at writes a file"
	test -e "$work/kept" || fail "a library that is only looked at removes a file"
	if test "$(id -u)" -eq 0; then
		test "$(cat "$work/kept")" = kept || fail "a library that is only looked at has root's rights"
	fi
	if test -n "${LONG_TESTS:-}"; then # ten seconds for each of two processes
		HANGS=1; export HANGS
		run 0 install "$work/one.safetensors"
		unset HANGS
	fi
	rm "$work/foreign/hostile.so"
fi

# Bad input: a sentence, and nothing written.
: >"$work/no-folder"
LADSPA_PATH=$work/no-folder run 0 installed
warned "$work/no-folder: warning: cannot be read, so that plugins there are not known: Not a directory"
run 1 install "$work/pair.safetensors"
warned 'pair.safetensors: the model has 2 audio inputs and 2 outputs, the plugin plays 1 and 1'
absent "$ladspa/tonecell_pair.so"
"$MAKE_MODEL" --readout logistic "$work/gate.safetensors" || exit 99
run 1 install "$work/gate.safetensors"
warned "gate.safetensors: the model's readout is logistic, the plugin plays linear ones"
absent "$ladspa/tonecell_gate.so"
run 1 install "$work/missing.safetensors"
warned 'missing.safetensors: '
run 2 install --label 'Two Words' "$work/one.safetensors"
warned "'Two Words' is not a label"
run 2 install --label both "$work/one.safetensors" "$work/crunch.safetensors"
cp "$work/one.safetensors" "$work/again.safetensors"
run 1 install "$work/one.safetensors" "$work/again.safetensors"
warned "again.safetensors: the label big_muff has just gone to another of these models, in $ladspa"
run 2 install
run 2 bundle "$work/one.safetensors" "$work/x.so"
warned '--output is missing'
run 2 bundle "$work/one.safetensors" "$work/x.so" -o "$work/y.so"
warned "x.so' is one too many"
run 2 bundle "$work/one.safetensors"
run 2 bundle "$work/one.safetensors" -o -
warned "--output is '-', but a plugin cannot go to standard output"
run 2 bundle "$work/one.safetensors" -o "$work/one.safetensors"
warned "one.safetensors' is the model"
run 0 info "$work/one.safetensors"
mkdir "$work/folder.so"
run 1 bundle "$work/one.safetensors" -o "$work/folder.so"
run 1 bundle "$work/one.safetensors" -o "$work/nowhere/x.so"
absent "$work/nowhere"
HOME='' run 1 install "$work/one.safetensors"
warned 'HOME is not set'
mkdir "$work/odd"
: >"$work/odd/.ladspa"
HOME=$work/odd run 1 install "$work/one.safetensors"
warned "$work/odd/.ladspa/tonecell_big_muff.so: cannot write: Not a directory"
test ! -s "$work/odd/.ladspa" || fail "a file in the folder's place was changed"

# A damaged bundle is listed as such, and can still be removed by its label.
printf 'xxxx' | dd of="$ladspa/tonecell_crunch.so" bs=1 conv=notrunc status=none \
	seek=$(($(grep -abo crunch "$ladspa/tonecell_crunch.so" | tail -n 1 | cut -d: -f1)))
run 0 installed
printed "$ladspa/tonecell_crunch.so: damaged"
run 0 uninstall crunch
absent "$ladspa/tonecell_crunch.so"

run 0 uninstall big_muff "$ladspa/tonecell_second_take.so"
absent "$ladspa/tonecell_big_muff.so"
absent "$ladspa/tonecell_second_take.so"
absent "$desktop"
test "$(ls "$ladspa/rdf")" = '' || fail "left-over descriptions: $(ls "$ladspa/rdf")"
run 1 uninstall big_muff
warned "no plugin of Tonecell with the label 'big_muff'"
cp "$PLUGIN_FOLDER/tonecell.so" "$work/foreign/"
run 1 uninstall tonecell
warned 'the plugin that all others are copies of'

# An installed program takes the plugin that was installed with it, and none from a folder above.
program=$PLUGIN_FOLDER/../../tools/.libs/tonecell
if [ -x "$program" ]; then
	mkdir -p "$work/root/usr/bin" "$work/root/usr/lib/ladspa" "$work/root/plugin/.libs"
	cp "$program" "$work/root/usr/bin/"
	cp "$PLUGIN_FOLDER/tonecell.so" "$work/root/usr/lib/ladspa/"
	echo 'planted' >"$work/root/plugin/.libs/tonecell.so"
	LD_LIBRARY_PATH=$PLUGIN_FOLDER/../../core/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} \
		"$work/root/usr/bin/tonecell" bundle "$work/one.safetensors" -o "$work/installed.so" 2>"$work/log" ||
		fail "an installed program: $(cat "$work/log")"
fi
exit $failed
