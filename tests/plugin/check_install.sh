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

# Installed again with another model: the file is replaced, the IDs stay.
run 0 install --label big_muff "$work/crunch.safetensors"
test "$(ids big_muff)" = "$first_ids" || fail "the IDs changed from $first_ids to $(ids big_muff)"
test "$(ls -A "$ladspa" | wc -l)" = 3 || fail "left-over files in $ladspa"

# The same IDs elsewhere: the next ones are taken, and stay when installed again.
run 0 bundle "$work/one.safetensors" -o "$work/foreign/other.so"
rm "$ladspa/tonecell_big_muff.so"
run 0 install "$work/one.safetensors"
warned 'belongs to'
second_ids=$("$TONECELL" installed | sed -n "s|^$ladspa/tonecell_big_muff.so.*IDs ||p")
test "$second_ids" != "$first_ids" || fail "the clash of IDs $first_ids was not resolved"
rm "$work/foreign/other.so"
run 0 install "$work/one.safetensors"
test "$(ids big_muff)" = "$second_ids" || fail "the IDs changed back from $second_ids"

# A foreign library with the same IDs: a bundle whose section has another name is none to us.
run 0 bundle "$work/crunch.safetensors" -o "$work/foreign/other.so"
grep -q warning "$work/err" && fail "a warning about the usual ending"
run 0 bundle "$work/crunch.safetensors" -o "$work/other"
warned "$work/other: warning: hosts find plugins by the ending .so"
LC_ALL=C sed 's/\.tonecell\x00/.otherone\x00/' "$work/foreign/other.so" >"$work/foreign/theirs.so"
rm "$work/foreign/other.so" "$ladspa/tonecell_crunch.so"
run 0 install "$work/crunch.safetensors"
warned "belongs to $work/foreign/theirs.so"
warned "$work/foreign/theirs.so has the label crunch or crunch_stereo, too"
rm "$work/foreign/theirs.so"

# A library that crashes the process that loads it is skipped.
head -c 5000 "$PLUGIN_FOLDER/tonecell.so" >"$work/foreign/cut.so"
run 0 install "$work/crunch.safetensors"

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

# Bad input: a sentence, and nothing written.
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
warned 'another of these models has the label big_muff, too'
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
run 1 uninstall big_muff
warned "no plugin of Tonecell with the label 'big_muff'"
cp "$PLUGIN_FOLDER/tonecell.so" "$work/foreign/"
run 1 uninstall tonecell
warned 'the plugin that all others are copies of'
exit $failed
