#!/bin/sh
# examples/*/ops.yaml, built: the bytes that are committed, twice, anywhere.   make regen  writes generated/ anew
# shellcheck disable=SC2310,SC2312
set -eu
cd "$(dirname "$0")/.."
root=$PWD
OPSC=${OPSC:-build/asan/opsc}
case $OPSC in /*) ;; *) OPSC=$root/$OPSC ;; esac
tmp=$(mktemp -d "${TMPDIR:-/tmp}/opsc-golden.XXXXXX")
trap 'rm -rf "$tmp"' EXIT

# $1 of this example; the log of the build is $tmp/log
build() {
    # Arguments are words.
    # shellcheck disable=SC2086
    (cd "examples/$name" && "$OPSC" build ops.yaml "$@" $args) >"$tmp/log" 2>&1 </dev/null
}

verdict() { # NAME, why it failed or nothing
    if [ -z "$2" ]; then
        printf 'ok %s\n' "$1"
    else
        printf 'FAIL %s: %s\n' "$1" "$2"
        [ ! -s "$tmp/log" ] || head -n 40 "$tmp/log" | sed 's/^/  /'
    fi
}

executables() {
    (cd "$1" && find . -type f -perm -100 | LC_ALL=C sort)
}

same() { # two folders; the difference goes to the log
    diff -r "$1" "$2" >"$tmp/log" 2>&1 || return 1
    executables "$1" >"$tmp/x1"
    executables "$2" >"$tmp/x2"
    diff "$tmp/x1" "$tmp/x2" >"$tmp/log" 2>&1
}

found=
for spec in examples/*/ops.yaml; do
    [ -f "$spec" ] || continue
    found=1
    name=${spec#examples/}
    name=${name%/ops.yaml}
    args=
    [ ! -f "examples/$name/args" ] || args=$(cat "examples/$name/args")
    out=$tmp/$name

    if ! build -o "$out"; then
        verdict "$name-builds" 'opsc build failed'
        continue
    fi
    verdict "$name-builds" ''
    why=
    same "generated/examples/$name" "$out" || why='differs from generated/ (make regen, and read the diff)'
    verdict "$name-golden" "$why"

    # Long ago, so that a touched file shows whatever the clock's grain.
    find "$out" -exec touch -t 200001010000 {} +
    touch -t 200001020000 "$tmp/then"
    why=
    if ! build -o "$out"; then
        why='the second build failed'
    elif [ -n "$(find "$out" -type f -newer "$tmp/then")" ]; then
        why='the second build wrote files'
    elif ! grep -Eqi 'up to date|unchanged|nothing' "$tmp/log"; then
        why='the second build does not say that nothing changed'
    fi
    verdict "$name-second-build-writes-nothing" "$why"

    why=
    if ! build -o "$out" --check; then
        why='--check does not end with 0'
    elif ! grep -Eqi 'up to date' "$tmp/log"; then
        why='--check does not say "up to date"'
    fi
    verdict "$name-check-up-to-date" "$why"

    victim=$(find "$out" -type f ! -name '.*' | LC_ALL=C sort | head -n 1)
    rm -f "$victim"
    why=
    status=0
    build -o "$out" --check || status=$?
    if [ "$status" != 1 ]; then
        why="a file is missing and --check ends with $status, not 1"
    elif [ -e "$victim" ]; then
        why='--check wrote a file'
    fi
    verdict "$name-check-finds-a-missing-file" "$why"

    why=
    # In a subshell, and not as `VAR=x build`: for functions that is not the same in every sh.
    if ! (
        export LC_ALL=fr_FR.UTF-8 LANG=fr_FR.UTF-8 TZ=Asia/Kathmandu HOME=/nonexistent
        umask 077
        build -o "$out.elsewhere"
    ); then
        why='failed with another locale and time zone'
    elif ! same "generated/examples/$name" "$out.elsewhere"; then
        why='other bytes with another locale and time zone'
    fi
    verdict "$name-anywhere" "$why"
done
[ -n "$found" ] || printf 'FAIL examples: no examples/*/ops.yaml\n'

for dir in generated/examples/*/; do
    [ -d "$dir" ] || continue
    dir=${dir%/}
    [ -f "examples/${dir##*/}/ops.yaml" ] || printf 'FAIL %s: its example is gone (make regen)\n' "$dir"
done
