#!/bin/sh
# Help, manual page, parser and README agree on the commands and their options.
. "${srcdir:-.}/tests/support/scratch.sh"
source=$(cd "$build" && cd "${srcdir:-.}" && pwd)

# ------------------------------------------------------------------ the pages

"$tonecell" help --man >manual || fail "no manual page"
sed 's/\\-/-/g; s/\\f[BRIP]//g' manual >man
"$tonecell" --help >overview || fail "--help fails"
commands=$(sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' overview)
[ "$(echo "$commands" | wc -l)" -ge 2 ] || fail "--help lists no commands"

pages=
for command in $commands; do
	pages="$pages $command $command.all"
	"$tonecell" help "$command" >"$command" && "$tonecell" help --all "$command" >"$command.all" ||
		fail "help $command fails"
	"$tonecell" "$command" --help >page || fail "$command --help fails"
	cmp page "$command" || fail "$command --help and help $command differ"
	"$tonecell" "$command" --help-all >page || fail "$command --help-all fails"
	cmp page "$command.all" || fail "$command --help-all and help --all $command differ"
done
[ ! -f "$source/README.md" ] || pages="$pages $source/README.md"
# shellcheck disable=SC2086
awk -f "$source/tests/tools/help_pages.awk" man $pages >differences || fail "awk fails"
while read -r difference; do
	fail "$difference"
done <differences

# ------------------------------------------------------------------ the parser

# The options in the help of a command, with a value that most of them take: the first choice, or 1.
options_of() {
	sed -n 's/^  \(-., \|    \)\(--[^ |]*\).*/\2/p' "$1.all" | sed '/^--help/d; s/=.*[A-Z].*/=1/'
}

# It takes all at once, but for those whose value it refuses: it knows these, too.
for command in $commands; do
	options=$(options_of "$command")
	# shellcheck disable=SC2086
	until "$tonecell" "$command" $options --help >stdout 2>stderr </dev/null; do
		refused=$(sed -n "s/^tonecell $command: --\([a-z0-9-]*\): .*/\1/p" stderr)
		others=$(echo "$options" | grep -v -e "^--$refused=")
		if [ "$others" = "$options" ]; then
			fail "$command does not take its options: $(cat stderr)"
			break
		fi
		options=$others
	done
done

# ------------------------------------------------------------------ the program itself

# expect STATUS FILE ARGUMENT...: ends so, and writes to that of stdout and stderr only.
expect() {
	wanted=$1 stream=$2
	shift 2
	"$tonecell" "$@" >stdout 2>stderr
	status=$?
	[ $status -eq "$wanted" ] || fail "tonecell $*: status $status, expected $wanted"
	case $stream in
	stdout) [ -s stdout ] && [ ! -s stderr ] || fail "tonecell $*: not on stdout alone" ;;
	stderr) [ ! -s stdout ] && [ -s stderr ] || fail "tonecell $*: not on stderr alone" ;;
	esac
}

expect 0 stdout --help
expect 0 stdout --version
expect 0 stdout help
expect 0 stdout help --help
expect 0 stdout help process
expect 0 stdout help --all process
expect 0 stdout process --help-all
expect 0 stdout process --help
expect 2 stderr
expect 2 stderr help nonsense
expect 2 stderr nonsense
expect 2 stderr process --nonsense
grep -q "unknown option '--nonsense'" stderr || fail "process --nonsense: $(cat stderr)"
expect 2 stderr help --all nonsense
expect 2 stderr porcess
grep -q "did you mean 'process'?" stderr || fail "a slip in a command is not recognised"
expect 2 stderr --nonsense
grep -q "unknown option '--nonsense'" stderr || fail "an unknown option is taken for a command"
if [ -w /dev/full ]; then
	"$tonecell" --help >/dev/full 2>/dev/null && fail "help that cannot be written is no failure"
fi
if command -v man >/dev/null; then
	warnings=$(man --warnings -l -Tutf8 - <manual 2>&1 >/dev/null)
	[ -z "$warnings" ] || fail "man warns: $warnings"
fi

[ $failures -eq 0 ]
