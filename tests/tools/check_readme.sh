#!/bin/sh
# README keeps its word: the commands of its sh blocks run, in their order and as one session, on
# files made here; its program is tests/tools/example.c, and compiles and runs as it says.
set -eu
LC_ALL=C
export LC_ALL

build=$PWD
source=$(cd "${srcdir:-.}" && pwd)
readme=$source/README.md
scratch=$build/tests/readme.tmp

skip() {
	echo "check_readme: skipped: $*"
	exit 77
}

fail() {
	echo "check_readme: $*"
	exit 1
}

command -v sox >/dev/null || skip "sox is missing, which makes the recordings"
rm -rf "$scratch"
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/bin" "$scratch/home" "$scratch/takes"
cd "$scratch"

# The blocks of one language.
blocks() {
	sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$readme" | sed '/^```/d'
}

# A variable of the Makefile.
setting() {
	sed -n "s/^$1 = //p" "$build/Makefile"
}

# ---------------------------------------------------------------- what the commands meet

# On PATH stand the programs of the build, as if they were installed. Training and signals are cut
# short.
program() {
	{ echo '#!/bin/sh'; cat; } >"bin/$1"
	chmod +x "bin/$1"
}

program tonecell <<END
case \$* in
*--from*) set -- "\$@" --epochs 1 ;; # with the model's network
train*) set -- "\$@" --hidden 2 --epochs 1 ;;
esac
[ "\$1" != signal ] || set -- "\$@" --duration 30
exec "$TONECELL" "\$@"
END
program pkg-config <<END
PKG_CONFIG_PATH=$build/core exec $(command -v pkg-config) "\$@" \
	--define-variable=libdir=$build/core/.libs --define-variable=includedir=$source/core
END
program cc <<END
exec $(setting CC) $(setting WARN_CFLAGS) $(setting CFLAGS) "\$@" -Wl,-rpath,$build/core/.libs
END
# The files that it names are there.
grep -o '`\(core\|plugin\|tools\|tests\)/[a-z0-9_./-]*`' "$readme" | tr -d '`' | while read -r file; do
	[ -e "$source/$file" ] || fail "README names $file, which does not exist"
done
cp "$source/tests/tools/example.c" .
blocks csv >gear.csv

make_riffs() {
	seed=1
	for file in "$@"; do
		"$build/tests/demo/riff" $seed 6 "$file"
		seed=$((seed + 1))
	done
}

make_riffs dry.wav more-dry.wav test-dry.wav song.wav riff.wav solo.wav takes/a.wav takes/b.wav
bin/tonecell signal -q signal.wav >/dev/null
for pair in dry:wet:12 signal:signal-wet:12 more-dry:more-wet:12 test-dry:test-wet:12 \
	riff:riff-drive2:2 riff:riff-drive9:9 solo:solo-drive5:5 solo:solo-drive7:7; do
	from=${pair%%:*} drive=${pair##*:} to=${pair#*:}
	sox -D "$from.wav" "${to%:*}.wav" gain -6 overdrive "$drive" 0
done
for file in riff song; do
	sox -D -n -r "$(soxi -r $file.wav)" lfo.wav synth "$(soxi -s $file.wav)s" sine 3 gain -6
	sox -D lfo.wav unipolar.wav dcshift 0.5
	sox -D -M $file.wav lfo.wav $file-lfo.wav
	sox -D -T $file.wav unipolar.wav $file-by-lfo.wav
done
mv riff-by-lfo.wav riff-tremolo.wav

# ---------------------------------------------------------------- its commands

# A plugin built with a sanitizer cannot be loaded by a host built without.
hosts=yes
case $(setting CFLAGS) in *-fsanitize=*) hosts=no ;; esac

is_run() {
	case $1 in
	./autogen.sh* | sudo*) return 1 ;; # the build and its installation
	sox* | ffmpeg* | ecasound* | applyplugin* | gst-launch* | mplayer*) [ $hosts = yes ] && command -v "${1%% *}" >/dev/null ;;
	esac
}

[ "$(blocks sh | head -n 2)" = "./autogen.sh --deps && ./configure && make demo
./autogen.sh --deps && ./configure && make check" ] ||
	fail "README does not open with the demo's and the tests' commands"
diff "$source/tests/tools/example.c" - <<END || fail "README's program differs from tests/tools/example.c"
$(blocks c)
END

blocks sh | while IFS= read -r line; do
	if is_run "$line"; then
		printf '%s\n' "$line"
	else
		echo "check_readme: not run: $line" >&2
	fi
done >commands
PATH=$scratch/bin:$PATH HOME=$scratch/home TERM=dumb sh -eux commands </dev/null ||
	fail "a command of README fails, the last one shown"

# Some hosts succeed without a result: each file that a command names has to be there.
for file in $(grep -o 'song-[a-z]*\.[a-z]*' commands) rendered/a.wav rendered/b.wav tonecell_my_amp.so; do
	[ -s "$file" ] || fail "no command of README wrote $file"
done

# Hosts play the model and no other plugin of its label; they may differ by a few steps of 16 bits.
for host in sox ffmpeg ecasound applyplugin gstreamer mplayer; do
	[ -e "song-$host.wav" ] || continue
	sox -D -m -v 1 song-amp.wav -v -1 "song-$host.wav" -n stat 2>&1 | awk '
		/^M[axin]*imum amplitude/ { size = $3 < 0 ? -$3 : $3; if (size > most) most = size; seen++ }
		END { exit !(seen == 2 && most < 0.0005) }' || fail "$host does not play what process does"
done
