#!/bin/sh
# Runs the tests and ends with one line: N passed, N failed, N skipped.
#
#   tools/check.sh [all|unit|cases|PATH...]     PATH: tests/unit/test_x.c, tests/suite_x.sh
#
# A suite is a unit test program (its cmocka tests are counted one by one) or a script
# tests/suite_*, which prints a line per test, in the colons' form:
#   ok NAME    FAIL NAME: why    skip NAME: why    skip-missing NAME: why (a tool is not there)
# A suite that dies, or prints no such line, is a failure. Output of a suite appears as one
# block when it ends: what was skipped, and its log when a test failed.
#
# OPSC_NO_SETUP=1   do not install what is missing      OPSC=PROGRAM  the opsc under test (build/asan/opsc)
# CI=true, OPSC_REQUIRE=1  a missing tool is a failure  JOBS=N        suites at a time (two for each processor)
# VERBOSE=1         print every test
# shellcheck disable=SC2310,SC2312
set -eu
cd "$(dirname "$0")/.."
out=build/check
tab=$(printf '\t')

# The log of one program, as the lines above.
cmocka_lines() {
    awk '
    /^\[ RUN      \] / { if (cur != "") print "FAIL " cur ": did not end"; cur = substr($0, 14); why = ""; next }
    cur != "" && /^\[  ERROR   \] / { if (why == "") why = substr($0, 18); next }
    cur != "" && /^\[   LINE   \] / { if (at == "") at = substr($0, 18); next }
    cur != "" && /^\[       OK \] / { print "ok " cur; cur = at = ""; next }
    cur != "" && /^\[  SKIPPED \] / { print "skip " cur ": skipped by the test"; cur = at = ""; next }
    cur != "" && /^\[  FAILED  \] / { sub(/: error: Failure!$/, "", at); print "FAIL " cur ": " why (at == "" ? "" : " (" at ")"); cur = at = ""; next }
    END { if (cur != "") print "FAIL " cur ": the program died in it" }' "$1"
}

run_suite() { # one suite; results in $out/NAME.{log,res}
    suite=$1
    name=${suite#tests/}
    name=${name#unit/}
    name=${name%.c}
    log=$out/$name.log
    res=$out/$name.res
    limit=
    if command -v timeout >/dev/null 2>&1; then limit="timeout ${OPSC_SUITE_SECONDS:-600}"; fi
    TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/opsc-check.XXXXXX")
    export TMPDIR
    status=0
    case $suite in
    *.c) set -- "build/asan/tests/$name" ;;
    *.py) set -- python3 "$suite" ;;
    *) if [ -x "$suite" ]; then set -- "./$suite"; else set -- sh "$suite"; fi ;;
    esac
    if [ "$#" = 1 ] && [ ! -x "$1" ]; then
        printf 'FAIL build: it does not compile; the messages are above\n' | tee "$log" >"$res"
    else
        # $limit is two words or none.
        # shellcheck disable=SC2086
        $limit "$@" >"$log" 2>&1 </dev/null || status=$?
        case $suite in
        *.c) cmocka_lines "$log" >"$res" ;;
        *) grep -E '^(ok|FAIL|skip|skip-missing) ' "$log" >"$res" || true ;;
        esac
        if [ "$status" != 0 ] && ! grep -q '^FAIL ' "$res"; then
            printf 'FAIL exit: status %s%s, though no test said that it failed\n' "$status" \
                "$([ "$status" != 124 ] || printf ' (out of time)')" >>"$res"
        elif [ ! -s "$res" ]; then
            printf 'FAIL silent: no test ran\n' >>"$res"
        fi
    fi
    rm -rf "$TMPDIR"
    if [ -n "${OPSC_REQUIRE:-}" ]; then sed 's/^skip-missing \(.*\)/FAIL \1 (a missing tool is a failure here)/' "$res" >"$res.new" && mv "$res.new" "$res"; fi

    # One block, and one block at a time.
    {
        awk -v name="$name" '/^ok /{p++} /^FAIL /{f++} /^skip/{s++}
            END { printf "%-4s %s: %d passed", f ? "FAIL" : "ok", name, p; if (f) printf ", %d failed", f; if (s) printf ", %d skipped", s; print "" }' "$res"
        if [ -n "${VERBOSE:-}" ]; then grep '^ok ' "$res" | sed 's/^/    /' || true; fi
        if ! grep -q '^FAIL ' "$res"; then
            grep '^skip' "$res" | sed 's/^/    /' || true
        else
            # A script says what is wrong right after its FAIL; a unit test right before.
            grep -v '^ok ' "$log" | head -n 80 | sed 's/^/    | /' || true
            [ "$(wc -l <"$log")" -le 80 ] || printf '    | ... the whole log: %s\n' "$log"
            grep -E '^FAIL (exit|silent): ' "$res" | sed 's/^/    /' || true
        fi
    } >"$out/$name.block"
    until mkdir "$out/lock" 2>/dev/null; do sleep 0.05; done
    cat "$out/$name.block"
    rmdir "$out/lock"
}

# Everything that a suite needs to know comes by the environment.
case ${CI:-} in true | 1) OPSC_REQUIRE=1 ;; *) ;; esac
OPSC=${OPSC:-build/asan/opsc}
case $OPSC in /*) ;; *) OPSC=$PWD/$OPSC ;; esac
leaks=1
[ "$(uname)" != Darwin ] || leaks=0
# Status 99 keeps a finding apart from what opsc itself returns.
ASAN_OPTIONS=detect_leaks=$leaks:strict_string_checks=1:detect_stack_use_after_return=1:exitcode=99
UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:exitcode=99
LSAN_OPTIONS=exitcode=99
OPSC_REQUIRE=${OPSC_REQUIRE:-}
export OPSC ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS OPSC_REQUIRE

if [ "${1:-}" = --one ]; then
    run_suite "$2"
    exit 0
fi

if [ -z "${OPSC_NO_SETUP:-}" ]; then
    sh tools/setup.sh test || printf 'Going on: suites skip what is not there.\n'
fi
rm -rf "$out"
mkdir -p "$out"

units='tests/unit/test_*.c'
cases='tests/suite_*.sh tests/suite_*.py'
[ "$#" -gt 0 ] || set -- all
for what in "$@"; do
    # The patterns are to be expanded.
    # shellcheck disable=SC2086
    case $what in
    all) ls -d $cases $units 2>/dev/null ;;
    unit) ls -d $units 2>/dev/null ;;
    cases) ls -d $cases 2>/dev/null ;;
    *) printf '%s\n' "$what" ;;
    esac
done >"$out/asked" || true
# The longest first, so that none of them is left alone at the end.
for name in backup deploy rotation emulator emulator_whole backup_roles deploy_hosts secrets terraform apply; do
    grep -x "tests/suite_$name\.py" "$out/asked" || true
done >"$out/long"
{ cat "$out/long"; grep -vxF -f "$out/long" "$out/asked" || true; } >"$out/suites"

processors=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
# Under a make with a job server that one decides how many jobs there are.
case " ${MAKEFLAGS:-}" in *jobserver*) jobs= ;; *) jobs=-j$processors ;; esac
programs=$(sed -n 's|^tests/unit/\(.*\)\.c$|build/asan/tests/\1|p' "$out/suites")
opsc=
if grep -q 'tests/suite_' "$out/suites" && [ "$OPSC" = "$PWD/build/asan/opsc" ]; then
    opsc=build/asan/opsc
    # What suites run beside it.
    programs="$programs $(find tests/tools -name '*.c' | sed 's|^tests/tools/\(.*\)\.c$|build/asan/tests/\1|')"
fi
# All of these are words. (-s: no "is up to date"; the steps are shown all the same.)
# shellcheck disable=SC2086,SC2248
if ! ${MAKE:-make} -s --no-print-directory -k $jobs $opsc $programs; then
    # What does not build fails as a suite, the others run; no program of yesterday stands in for it.
    for program in $opsc $programs; do
        ${MAKE:-make} -s --no-print-directory "$program" >/dev/null 2>&1 || rm -f "$program"
    done
fi
if [ -n "$opsc" ] && [ ! -x "$OPSC" ]; then
    printf 'FAIL build: %s was not built\n' "$opsc" | tee "$out/build.res"
    grep -v 'tests/suite_' "$out/suites" >"$out/suites.new" || true
    mv "$out/suites.new" "$out/suites"
fi

# The long ones wait for servers, and for times to pass, about as much as they reckon.
xargs -P "${JOBS:-$((processors * 2))}" -n 1 sh tools/check.sh --one <"$out/suites"

ran=$(wc -l <"$out/suites")
[ "$ran" -gt 0 ] || [ -f "$out/build.res" ] || printf 'FAIL nothing: no test was found\n' | tee "$out/none.res"
# A suite whose runner died has no result: a failure too.
while IFS= read -r suite; do
    name=${suite#tests/}
    name=${name#unit/}
    name=${name%.c}
    [ -s "$out/$name.res" ] || printf 'FAIL %s: its runner died\n' "$name" | tee "$out/$name.res"
done <"$out/suites"

for res in "$out"/*.res; do
    name=${res##*/}
    sed "s|^\([a-zA-Z-]*\) |\1$tab${name%.res}$tab|" "$res"
done >"$out/results"
if grep -Eq "^(FAIL|skip|skip-missing)$tab" "$out/results"; then
    printf '\n'
    grep -E "^skip(-missing)?$tab" "$out/results" | tr "$tab" ' ' || true
    grep "^FAIL$tab" "$out/results" | head -n 50 | tr "$tab" ' ' || true
fi
awk -F "$tab" '$1 == "ok" { p++ } $1 == "FAIL" { f++ } $1 ~ /^skip/ { s++ }
    END { printf "%d passed, %d failed, %d skipped\n", p, f, s; exit f > 0 }' "$out/results"
