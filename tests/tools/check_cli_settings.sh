#!/bin/sh
# tonecell train --settings and --print-settings: every option is read back as it was written, and a
# file gives the model that the same options on the command line give.
. "${srcdir:-.}/tests/support/scratch.sh"

# settings ARGUMENT...: what --print-settings writes, without comments.
settings() {
	"$tonecell" train "$@" --print-settings 2>stderr | grep -v '^#' | grep .
}

# ------------------------------------------------------------------ every option

# Each option on a line of a file: the last word of a choice, or the first value of these that it
# takes.
"$tonecell" train --help-all >help
sed -n 's/^  \(-., \|    \)--\([^ |=]*\)\(=.*\|  .*\|$\)/\2 \3/p' help |
	sed '/^\(help\|help-all\|quiet\|settings\|print-settings\) /d' >options
[ "$(wc -l <options)" -gt 50 ] || fail "only $(wc -l <options) options are in the help"
while read -r name value; do
	case $value in
	=*[a-z]\|[a-z]*) tried=${value##*|} ;;
	=*) tried='2.5 3 0.1' ;;
	*) tried=true ;;
	esac
	for value in $tried none; do
		echo "$name=$value" >one
		settings --settings one >back && break
	done
	[ "$value" != none ] || fail "--$name is refused: $(cat stderr)"
	cmp -s one back || fail "--$name=$value is written as $(cat back)"
	cat one >>all
done <options
[ "$(wc -l <all)" = "$(wc -l <options)" ] || fail "not every option is a setting"

"$tonecell" train --settings all --print-settings >first || fail "all options: exit status $?"
"$tonecell" train --settings first --print-settings >second || fail "all options: exit status $?"
cmp first second || fail "the settings written differ from those read"
grep '^# .*: ' first && fail "an option of the file is taken for its default"
sort all >expected
grep -v '^#' first | grep . | sort | cmp - expected || fail "the settings differ from the file"
"$tonecell" train --print-settings >none || fail "no options: exit status $?"
[ "$(grep -c '^# .*: ' none)" = "$(wc -l <options)" ] || fail "not every default is told"
grep -q '^# batch: 32, fewer for short recordings$' none || fail "the default of --batch is lost"
grep -v '^#' none | grep . && fail "an option is given that is not"

# ------------------------------------------------------------------ errors

echo 'bach=3' >wrong
for file in wrong missing; do
	"$tonecell" train -o new.safetensors --settings $file dry.wav wet.wav >stdout 2>stderr
	[ $? -eq 2 ] || fail "--settings $file: exit status $?"
	[ ! -s stdout ] && [ ! -e new.safetensors ] || fail "--settings $file leaves output"
done
grep -q '^tonecell train: missing: cannot open: No such file' stderr || fail "missing: $(cat stderr)"
if [ -w /dev/full ]; then
	"$tonecell" train --print-settings >/dev/full 2>/dev/null &&
		fail "settings that cannot be written are no failure"
fi

# ------------------------------------------------------------------ a training

"$build/tests/demo/riff" 1 3 dry.wav
cat >small.json <<END
{"hidden": [3, 2], "epochs": 2, "batch": 4, "truncate": 256, "no_align": true, "learning_rate": 0.02,
 "name": "Two = words", "seed": 7, "time-limit": "1h"}
END
"$tonecell" train --settings small.json --seed 8 --print-settings >small.txt || fail "status $?"
"$tonecell" train -q -o a.safetensors --hidden 3,2 --epochs 2 --batch 4 --truncate 256 --no-align \
	--learning-rate 0.02 --name 'Two = words' --seed 8 --time-limit 1h --ignore-faults dry.wav dry.wav >stdout 2>&1 ||
	fail "train: $(cat stdout)"
"$tonecell" train -q --seed 8 --settings small.json -o b.safetensors --ignore-faults dry.wav dry.wav >stdout 2>&1 ||
	fail "train --settings small.json: $(cat stdout)"
"$tonecell" train -q -o c.safetensors --ignore-faults dry.wav dry.wav --settings small.txt >stdout 2>&1 ||
	fail "train --settings small.txt: $(cat stdout)"
cmp a.safetensors b.safetensors || fail "a JSON file gives another model"
cmp a.safetensors c.safetensors || fail "a file of lines gives another model"

[ $failures -eq 0 ]
