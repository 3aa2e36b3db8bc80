#!/bin/sh
# The pages of train --report and eval --report: they hold what they should, with the numbers of the JSON, load
# nothing, and a browser shows them. Other files in the folder stay.
. "${srcdir:-.}/tests/support/scratch.sh"
command -v sox >/dev/null || { echo "skipped: sox is missing, which makes the sounds"; exit 77; }
python3 -c 'import xml.etree' 2>/dev/null ||
	{ echo "skipped: python3 is missing, which reads the page"; exit 77; }
srcdir=${srcdir:-.}
case $srcdir in /*) ;; *) srcdir=$build/$srcdir ;; esac

# What runs for longer hangs.
ulimit -t 120

wet=$(printf 'wet <&" \377.wav') # a name with all that HTML and JSON must escape
sox -R -n -r 22050 -b 16 dry.wav synth 12 sine 80-2000 gain -6 &&
	sox -D dry.wav -e floating-point -b 32 "$wet" overdrive 8 || fail "no sounds"

# train FOLDER ARGUMENT...: a short training with a report.
train() {
	folder=$1
	shift
	"$tonecell" train -q --hidden 2 --epochs 3 --batch 4 --truncate 256 --no-align -o m.safetensors \
		--report "$folder" "$@" dry.wav "$wet" </dev/null >stdout 2>stderr
}

# ------------------------------------------------------------------ what is refused, and when

echo precious >file
mkdir -p kept && echo mine >kept/notes.txt
for folder in file file/below; do
	train $folder && fail "--report $folder: accepted"
	grep -q "^tonecell train: $folder.*: .*Not a directory" stderr || fail "$folder: $(cat stderr)"
	[ ! -e m.safetensors ] || fail "--report $folder: refused after the training"
done
[ "$(cat file)" = precious ] || fail "the file is lost"

# ------------------------------------------------------------------ what is written

train kept --json || fail "train --report: $(cat stderr)"
mv stdout result.json
[ "$(echo kept/*)" = "kept/history.csv kept/metrics.json kept/notes.txt kept/report.html kept/seconds.csv" ] ||
	fail "the folder has $(ls -A kept)"
[ "$(cat kept/notes.txt)" = mine ] || fail "another file in the folder is lost"
PYTHONDONTWRITEBYTECODE=1 python3 "$srcdir/tests/tools/read_report.py" kept result.json ||
	fail "the page is not what it should be"
train "new/below & <it>" || fail "no new folder is made: $(cat stderr)"
[ -s "new/below & <it>/report.html" ] || fail "no page in a new folder"

# A model that is refused as no better than a gain has a page that says so.
sox -R -n -r 22050 -b 16 noise.wav synth 4 whitenoise gain -6 &&
	sox -R -n -r 22050 -b 16 other.wav synth 4 pinknoise gain -6 || fail "no noise"
"$tonecell" train -q --hidden 2 --patience 1 --schedule plateau --no-align --report refused \
	-o refused.safetensors noise.wav other.wav >stdout 2>stderr
[ $? -eq 1 ] && [ ! -e refused.safetensors ] || fail "a useless model is kept: $(cat stderr)"
grep -q '"model": null' refused/metrics.json && grep -q "<td>none</td>" refused/report.html ||
	fail "the page names a model that there is none of"
grep -q 'But a linear filter does as well' refused/report.html || fail "a refused model: $(grep verdict refused/report.html)"

# eval has the same page, without a training; the recordings are all 12 s.
"$tonecell" eval -q -m m.safetensors --no-align --report compared --json dry.wav "$wet" \
	>result.json 2>stderr || fail "eval --report: $(cat stderr)"
[ "$(echo compared/*)" = "compared/metrics.json compared/report.html compared/seconds.csv" ] ||
	fail "the folder of eval has $(ls -A compared)"
PYTHONDONTWRITEBYTECODE=1 python3 "$srcdir/tests/tools/read_report.py" compared result.json ||
	fail "the page of eval is not what it should be"
sox dry.wav backward.wav reverse || fail "no reversed sound"
printf 'input,target,delay\ndry.wav,backward.wav,2.6\n' >pairs.csv
"$tonecell" eval -q -m m.safetensors --report far --manifest pairs.csv >stdout 2>stderr ||
	fail "eval of another device: $(cat stderr)"
grep -q 'no nearer to the device than silence' far/report.html || fail "another device: $(cat stdout)"
grep -q '>3 frames late' far/report.html || fail "the page has another delay than the 3 frames undone"
"$tonecell" eval -q -m m.safetensors --no-align --report file dry.wav "$wet" >stdout 2>stderr &&
	fail "eval --report file: accepted"
[ ! -s stdout ] || fail "eval --report file: refused after the work"

# ------------------------------------------------------------------ a browser shows it

chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
if [ -z "$chromium" ]; then
	echo "the page is not opened: there is no Chromium"
	[ $failures -eq 0 ]
	exit
fi

# browse PAGE OPTION...: open a page; what it writes to its console is in `console`.
browse() {
	page=$1
	shift
	mkdir profile
	timeout 60 "$chromium" --headless --no-sandbox --disable-gpu --no-first-run \
		--disable-background-networking --disable-component-update --disable-sync \
		--user-data-dir="$PWD/profile" --enable-logging=stderr --hide-scrollbars "$@" \
		"file://$PWD/$page" >dom 2>log || fail "Chromium fails on $page: $(tail -n 3 log)"
	rm -rf profile
	grep CONSOLE log >console
}

echo '<script>console.error("an error")</script>' >error.html
browse error.html --dump-dom
grep -q "an error" console || fail "errors on the console are not seen: $(cat log)"

# A copy that tells what a browser makes of it: how wide it is, and how long each sound. It is opened
# as wide as a phone, in a frame.
sed 's#</body>#<script>onload = () => { let sounds = [...document.querySelectorAll("audio")];\
	Promise.all(sounds.map(s => new Promise(done => { s.onerror = s.onloadedmetadata = done; s.load();\
	}))).then(() => parent.postMessage("width " + document.documentElement.scrollWidth + " sounds " +\
	sounds.map(s => s.duration.toFixed(1)).join(" "), "*")); };</script></body>#' \
	kept/report.html >measured.html
cat >phone.html <<'END'
<script>onmessage = (message) => { document.body.append("measured " + message.data); };</script>
<body><iframe src="measured.html" width="360" height="800" style="border: 0"></iframe></body>
END
browse phone.html --dump-dom --virtual-time-budget=20000
grep -q "measured width 360 sounds 1.8 1.8 1.8 1.8" dom || fail "in a browser: $(grep measured dom)"
[ ! -s console ] || fail "the console has $(cat console)"

browse kept/report.html --dump-dom
[ ! -s console ] || fail "the console has $(cat console)"
[ "$(grep -c '<figure' dom)" -eq 14 ] || fail "the browser has $(grep -c '<figure' dom) figures"
browse kept/report.html --screenshot="$PWD/page.png" --window-size=1100,2000
[ "$(wc -c <page.png)" -gt 50000 ] || fail "the picture of the page is empty"

[ $failures -eq 0 ]
