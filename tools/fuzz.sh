#!/bin/sh
# Fuzzes every target build/fuzz/fuzz_* for FUZZ_SECONDS (20), JOBS (2) at a time.   tools/fuzz.sh [TARGET...]
#
# Seeds: tests/fuzz/corpus/TARGET/*, every file of tests/regress/, and examples and diagnostics' fixtures (for a
# target whose name has "expr" in it: the conditions in them, one a file). Dictionary: tests/fuzz/TARGET.dict.
# What new inputs were found stays in build/fuzz/corpus/TARGET; a crash in build/fuzz/TARGET-crash-*: it becomes a file of
# tests/regress/ with the fix. Status 1 when a target found something.
# shellcheck disable=SC2310,SC2312
set -eu
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-20}

seeds_of() {
    seeds=build/fuzz/seeds/$1
    rm -rf "$seeds"
    mkdir -p "$seeds" "build/fuzz/corpus/$1"
    n=0
    specs=$(ls -d tests/diag/*/*.yaml examples/*/*.yaml tests/cases/*/*.yaml 2>/dev/null || true)
    case $1 in
    *expr*)
        # Names of our own files: words.
        # shellcheck disable=SC2086
        [ -z "$specs" ] || sed -n 's/.*when: *//p' $specs | sed -e 's/[,}].*//' -e 's/ *#.*//' | LC_ALL=C sort -u |
            awk -v dir="$seeds" '{ f = dir "/when-" NR; printf "%s", $0 > f; close(f) }'
        specs=
        ;;
    *) ;;
    esac
    for f in $specs "tests/fuzz/corpus/$1"/* $(find tests/regress -type f 2>/dev/null | LC_ALL=C sort); do
        [ -f "$f" ] || continue
        n=$((n + 1))
        cp "$f" "$seeds/$(printf '%04d' "$n")-${f##*/}"
    done
}

fuzz_one() {
    target=$1
    log=build/fuzz/$target.log
    seeds_of "$target"
    set -- -seed=1 "-max_total_time=$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=2560 -print_final_stats=1 \
        "-artifact_prefix=build/fuzz/$target-"
    [ ! -f "tests/fuzz/$target.dict" ] || set -- "$@" "-dict=tests/fuzz/$target.dict"
    status=0
    "build/fuzz/$target" "$@" "build/fuzz/corpus/$target" "build/fuzz/seeds/$target" >"$log" 2>&1 || status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    if [ "$status" = 0 ]; then
        printf 'ok   %s: %s runs in %s s, 0 findings\n' "$target" "${runs:-?}" "$seconds"
        return 0
    fi
    {
        printf 'FAIL %s: %s runs, status %s: %s\n' "$target" "${runs:-?}" "$status" \
            "$(grep -m 1 -E 'ERROR: |runtime error|SUMMARY' "$log" || printf 'see the log')"
        grep -E '^ +#[0-9]+ .* in .*(compiler|grammar|gen|tests)/' "$log" | grep -v ' fuzzer::' | head -n 12 || true
        printf '     log: %s; input: %s\n' "$log" "$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)"
    } >"$log.block"
    cat "$log.block"
    return 1
}

if [ "${1:-}" = --one ]; then
    fuzz_one "$2"
    exit
fi
if [ "$#" = 0 ]; then
    for f in tests/fuzz/fuzz_*.c; do
        [ -f "$f" ] || continue
        f=${f##*/}
        set -- "$@" "${f%.c}"
    done
fi
if [ "$#" = 0 ]; then
    printf 'fuzz: no targets\n'
    exit 0
fi
export FUZZ_SECONDS="$seconds"
printf '%s\n' "$@" | xargs -P "${JOBS:-2}" -n 1 sh tools/fuzz.sh --one || exit 1
