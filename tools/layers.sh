#!/bin/sh
# The rules of CONTRIBUTING.md that a machine can check.   tools/layers.sh [OBJECTS]
#   - an #include goes to a lower rank of compiler/LAYERS, or stays in its folder
#   - functions that nobody calls, and functions that only some folders call
#   - files of at most 600 lines; 800 when the first comment says "table"; any length for *.def
#   - OBJECTS/compiler/**.o hold no mutable data at file scope, and of what is not static nothing that only the file
#     itself uses, or nobody (but for tests)
# Prints what breaks a rule; exit status 1 when something does.
# shellcheck disable=SC2312
set -eu
cd "$(dirname "$0")/.."
objects=${1:-}
files=$(find compiler grammar -type f \( -name '*.[chy]' -o -name '*.re' -o -name '*.def' \) | LC_ALL=C sort)
bad=0

# Paths have no spaces.
# shellcheck disable=SC2086
awk '
function say(text) { printf "%s:%d: %s\n", FILENAME, FNR, text; bad = 1 }
function ban(names, why,   i, n, w) { n = split(names, w, " "); for (i = 1; i <= n; i++) banned[w[i]] = why }
function only(names, folders, why,   i, n, w) { n = split(names, w, " "); for (i = 1; i <= n; i++) { allowed[w[i]] = " " folders " "; reason[w[i]] = why } }
function is_word(c) { return c ~ /[A-Za-z0-9_]/ }

# The line without comments and the insides of literals.
function code(line,   out, c, i, n) {
    out = ""; n = length(line)
    for (i = 1; i <= n; i++) {
        c = substr(line, i, 1)
        if (in_comment) { if (c == "*" && substr(line, i + 1, 1) == "/") { in_comment = 0; i++ } continue }
        if (c == "/" && substr(line, i + 1, 1) == "*") { in_comment = 1; i++; continue }
        if (c == "/" && substr(line, i + 1, 1) == "/") break
        if (c == "\"" || c == "\047") {
            out = out c
            for (i++; i <= n && substr(line, i, 1) != c; i++) if (substr(line, i, 1) == "\\") i++
        }
        out = out c
    }
    return out
}

function include(line,   path, to) {
    if (line !~ /^[ \t]*#[ \t]*include[ \t]*"/) return
    path = line; sub(/^[^"]*"/, "", path); sub(/".*/, "", path)
    if (path !~ /\//) {
        # The parser and lexer of grammar/x.* belong to folder x.
        to = path; sub(/_(parser|lexer)\..*/, "", to)
        if (to != folder) say("#include \"" path "\": say \"folder/file.h\"")
        return
    }
    to = path; sub(/\/.*/, "", to)
    if (!(to in rank)) say("#include \"" path "\": folder " to " is not in compiler/LAYERS")
    else if (to != folder && rank[to] >= rank[folder])
        say("#include \"" path "\": " folder " has rank " rank[folder] ", " to " has rank " rank[to])
}

function calls(text,   rest, name, before, at) {
    rest = text; before = ""
    while (match(rest, /[A-Za-z_][A-Za-z0-9_]*[ \t]*\(/)) {
        at = RSTART
        name = substr(rest, at, RLENGTH); sub(/[ \t]*\($/, "", name)
        before = at > 1 ? substr(rest, at - 1, 1) : " "
        rest = substr(rest, at + RLENGTH)
        if (before == "." || before == ">" || is_word(before)) continue # a member of a struct
        if (name in banned) say(name "(): " banned[name])
        if (name in allowed && index(allowed[name], " " folder " ") == 0) say(name "(): " reason[name])
    }
}

function file_ends() {
    if (last == "" || last ~ /\.def$/) return
    if (lines > (table ? 800 : 600)) { printf "%s: %d lines; %s\n", last, lines, table ? "a table has at most 800" : "at most 600"; bad = 1 }
}

BEGIN {
    ban("strcpy strcat sprintf vsprintf strtok gets", "no bounds; use buf or arena_printf")
    ban("atoi atol atof strtod strtof strtold", "numbers that users write are exact; use num_scan")
    ban("gmtime localtime setlocale", "shared state, or what the machine is set to")
    ban("system popen", "a shell")
    only("printf fprintf vprintf vfprintf puts fputs putchar perror exit _exit _Exit quick_exit getenv secure_getenv", "cli", "only cli/ prints, exits or reads the environment")
    only("fopen freopen open openat creat unlink rename mkdir rmdir opendir stat lstat fstatat", "io", "only io/ touches the file system")
    only("clock_gettime gettimeofday", "io cli", "only io/ and cli/ know the time")
}
FILENAME == "compiler/LAYERS" {
    if ($0 !~ /^[ \t]*#/) for (i = 2; i <= NF; i++) rank[$i] = $1
    next
}
FNR == 1 {
    file_ends()
    last = FILENAME; lines = table = in_comment = 0; head = 1
    split(FILENAME, part, "/")
    folder = part[2]
    if (part[1] == "grammar") sub(/\..*/, "", folder)
    if (!(folder in rank)) say("folder " folder " is not in compiler/LAYERS")
}
{
    lines++
    include($0)
    if (in_comment && head && tolower($0) ~ /(^|[^a-z])tables?([^a-z]|$)/) table = 1
    if (FNR > 1 && head && tolower($0) ~ /^\/\*.*[^a-z]tables?([^a-z]|$)/) table = 1
    was = in_comment
    text = code($0)
    if (FNR > 1 && was && !in_comment) head = 0 # the first comment after the licence has ended
    if (FNR > 1 && !was && !in_comment && $0 ~ /^\/\*.*\*\//) head = 0
    calls(text)
}
END { file_ends(); exit bad }
' compiler/LAYERS $files || bad=1

# Constants with pointers are in .data.rel.ro of a position independent program; that is not mutable.
if [ -n "$objects" ] && [ -d "$objects/compiler" ]; then
    if ! command -v objdump >/dev/null 2>&1; then
        printf 'layers: no objdump, objects are not looked at\n'
    else
        # Not by *.o: the object of a file that is gone may still lie there.
        symbols=$(for f in compiler/*/*.c build/gen/*.c; do
            [ ! -f "$objects/${f%.c}.o" ] || printf '%s\n' "$objects/${f%.c}.o"
        done | xargs objdump -t)
        printf '%s\n' "$symbols" | awk '
            / file format / { file = $1; sub(/:$/, "", file); next }
            {
                if (split($0, half, "\t") != 2 || file !~ /\/compiler\//) next
                n = split(half[1], left, " "); section = left[n]
                split(half[2], right, " ")
                if (section !~ /^(\.l?data|\.l?bss|\.tdata|\.tbss|\*COM\*|\.sdata|\.sbss)/ || section ~ /^\.l?data\.rel\.ro/) next
                if (half[1] ~ / d / || right[2] ~ /^\.(Lanchor|L)/ || right[2] == section) next
                printf "%s: %s is mutable data at file scope (%s)\n", file, right[2], section; bad = 1
            }
            END { exit bad }' || bad=1
        unused=$(printf '%s\n' "$symbols" | awk '
            / file format / { file = $1; sub(/:$/, "", file); next }
            / \*UND\*/ { used[$NF] = 1; next }
            / g / && / \.(text|rodata|data\.rel\.ro)/ && file ~ /\/compiler\// { made[$NF] = file }
            END { for (name in made) if (!(name in used) && name != "main") print made[name] ":" name }')
        # Without what talks to AWS (LIVE=0) more is unused.
        [ -f "$objects/compiler/net/http.o" ] || unused=
        for pair in $unused; do
            if ! grep -qw "${pair##*:}" tests/*/*.c tools/*.c; then
                printf '%s: %s is not static, and no other file uses it\n' "${pair%:*}" "${pair##*:}"
                bad=1
            fi
        done
    fi
fi
[ "$bad" = 0 ] && printf 'layers: %s files keep the rules\n' "$(printf '%s\n' "$files" | wc -l | tr -d ' ')"
exit "$bad"
