#!/bin/sh
# Fuzzes every target build/fuzz/fuzz_* for FUZZ_SECONDS (20), JOBS (2) at a time.   tools/fuzz.sh [TARGET...]
#
# Seeds: tests/fuzz/corpus/TARGET/*, tests/regress/TARGET/*, and what of our own files the target reads:
#   yaml, compile   specs of examples and of tests/diag        expr      the conditions in them, one a file
#   prices          locks of tests/diag
#   catalog         catalog/*.yaml, each with an example that uses it
# Dictionary: the words of the tables of keys, units and functions, and of the grammar.
# What new inputs were found stays in build/fuzz/corpus/TARGET; a crash in build/fuzz/TARGET-crash-*: it becomes a file of
# tests/regress/ with the fix. Status 1 when a target found something.
# shellcheck disable=SC2310,SC2312
set -eu
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-20}

specs() {
    ls -d examples/*/*.yaml tests/diag/*/*.yaml tests/cases/*/*.yaml 2>/dev/null || true
}

# A spec that reads kind.yaml before what opsc carries.
with_kind() {
    sed 's/^project:.*/&\ncatalog: [kind.yaml]/' "$1"
}

seeds_of() {
    seeds=build/fuzz/seeds/$1
    rm -rf "$seeds"
    mkdir -p "$seeds" "build/fuzz/corpus/$1"
    n=0
    own=
    case $1 in
    *_yaml | *_compile) own=$(specs) ;;
    *_prices) own=$(ls tests/diag/OPS-243*/opsc.prices.lock) ;;
    *_expr)
        # Names of our own files: words.
        # shellcheck disable=SC2046
        sed -n 's/.*when: *//p' $(specs) catalog/*.yaml | sed -e 's/[,}].*//' -e 's/ *#.*//' | LC_ALL=C sort -u |
            awk -v dir="$seeds" '{ f = dir "/when-" NR; printf "%s", $0 > f; close(f) }'
        ;;
    *_catalog)
        for f in catalog/*.yaml; do
            kind=${f##*/}
            kind=${kind%.yaml}
            for spec in examples/*/ops.yaml; do
                grep -q "kind: *$kind\b" "$spec" || continue
                { cat "$f"; printf '=== ops.yaml\n'; with_kind "$spec"; } >"$seeds/$kind-$(basename "$(dirname "$spec")")"
            done
        done
        ;;
    *) ;;
    esac
    for f in $own "tests/fuzz/corpus/$1"/* "tests/regress/$1"/*; do
        [ -f "$f" ] || continue
        n=$((n + 1))
        cp "$f" "$seeds/$(printf '%04d' "$n")-${f##*/}"
    done
}

dictionary() {
    grep -hoE '"[A-Za-z][A-Za-z0-9 _/.-]{0,30}"' grammar/expr.re compiler/schema/spec*.c compiler/catalog/*_table.c \
        compiler/expr/*_table*.c | LC_ALL=C sort -u
}

fuzz_one() {
    target=$1
    log=build/fuzz/$target.log
    seeds_of "$target"
    set -- -seed=1 "-max_total_time=$seconds" -max_len=16384 -timeout=30 -rss_limit_mb=2560 -print_final_stats=1 \
        "-artifact_prefix=build/fuzz/$target-"
    dictionary >"build/fuzz/$target.dict"
    set -- "$@" "-dict=build/fuzz/$target.dict"
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
