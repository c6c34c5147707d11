#!/bin/sh
# What `opsc build` does to a folder: what it writes, keeps, removes and refuses.
# shellcheck disable=SC2310,SC2312,SC2016
set -eu
cd "$(dirname "$0")/.."
root=$PWD
OPSC=${OPSC:-build/asan/opsc}
case $OPSC in /*) ;; *) OPSC=$root/$OPSC ;; esac
base=$(mktemp -d "${TMPDIR:-/tmp}/opsc-output.XXXXXX")
trap 'umount "$base/full-disk/disk" 2>/dev/null || true; chmod -R u+w "$base"; rm -rf "$base"' EXIT
main=out/terraform/main.tf
why=

spec() { # FILE [more lines]: a small spec
    printf '%s\n' 'opsc: 1' 'project: shop' 'aws: { region: eu-west-1 }' 'notify: ops@example.com' \
        'resources:' '  web: { kind: ec2, id: i-0123456789abcdef0 }' >"$1"
}

begin() { # NAME: a fresh folder with an output in it
    name=$1
    why=
    mkdir "$base/$name"
    cd "$base/$name"
    spec ops.yaml
    build -o out || why="the first build failed"
}

build() {
    status=0
    "$OPSC" build "$@" >log 2>&1 </dev/null || status=$?
    return "$status"
}

expect() { # WHAT COMMAND...: the command succeeds
    what=$1
    shift
    [ -n "$why" ] || "$@" >/dev/null 2>&1 || why="not so: $what"
}

expect_not() {
    what=$1
    shift
    if [ -z "$why" ] && "$@" >/dev/null 2>&1; then why="not so: $what"; fi
}

fails() { # STATUS CODE ARGUMENTS...: the build ends like this, and says so
    wanted=$1
    code=$2
    shift 2
    build "$@" || true
    [ "$status" = "$wanted" ] || why=${why:-"exit status $status, not $wanted: opsc build $*"}
    [ -z "$code" ] || expect "the message has $code" grep -q "$code" log
}

end() {
    if [ -z "$why" ]; then
        printf 'ok %s\n' "$name"
    else
        printf 'FAIL %s: %s\n' "$name" "$why"
        [ ! -s log ] || sed 's/^/  /' log
    fi
    cd "$root"
}

# Paths, modes and bytes below a folder.
state() {
    (cd "$1" && find . -exec ls -ld {} + | awk '{ print $1, $NF }' && find . -type f -exec cksum {} +) | LC_ALL=C sort
}

aged() { # puts all of out far into the past
    find out -exec touch -t 200001010000 {} +
    touch -t 200001020000 'then'
}

begin nothing-touched-when-nothing-changed
aged
build -o out || why="the second build failed"
expect_not 'something was touched' sh -c 'find out -newer then | grep .'
expect 'it says so' grep -q 'up to date' log
end

begin only-what-changed-is-touched
aged
sed -i 's/i-0123456789abcdef0/i-0123456789abcdef1/' ops.yaml
build -o out || why=${why:-"the second build failed"}
expect 'the alarms are new' sh -c 'find out/terraform/modules -newer then | grep -q alarms'
expect_not 'main.tf was touched' sh -c 'find out/terraform/main.tf -newer then | grep .'
end

begin edited-file-is-kept
echo '# mine' >>"$main"
state out >before
fails 1 OPS-1801 -o out
state out >after
expect 'nothing was written' cmp before after
build -o out --force || why=${why:-"--force failed"}
expect_not 'the edit is gone' grep -q '# mine' "$main"
end

begin edited-file-that-is-made-no-more
echo '# mine' >>out/hosts/web/install.sh
sed -i 's/web: {.*/db: { kind: rds, id: shop, engine: postgres, class: db.t3.micro, storage: 20 GiB }/' ops.yaml
fails 1 OPS-1801 -o out
expect 'it says that it would be removed' grep -q 'removes it' log
expect 'it is there' test -f out/hosts/web/install.sh
build -o out --force || why=${why:-"--force failed"}
expect_not 'it is there after --force' test -e out/hosts
end

begin foreign-file-is-never-overwritten
rm -rf out
mkdir -p out/terraform
echo mine >"$main"
fails 1 OPS-1802 -o out
fails 1 OPS-1802 -o out --force
expect 'it is as it was' grep -qx mine "$main"
expect_not 'something was written beside it' test -e out/terraform/variables.tf
end

begin foreign-file-with-the-same-bytes-is-adopted
rm out/.opsc-manifest.json
build -o out || why=${why:-"the build failed"}
expect 'there is a manifest' test -f out/.opsc-manifest.json
end

begin folder-in-the-way
rm "$main"
mkdir "$main"
fails 1 OPS-1802 -o out --force
expect 'it says what it is' grep -q 'is a folder where' log
rmdir "$main"
mkfifo out/.opsc-lock
fails 3 OPS-1804 -o out
expect 'a pipe is not taken for the lock' test -p out/.opsc-lock
end

begin file-where-a-folder-should-be
rm -rf out/terraform
echo mine >out/terraform
fails 1 OPS-1802 -o out --force
expect 'one message, not one for each file' test "$(grep -c 'error.OPS-1802' log)" = 1
expect 'it is as it was' grep -qx mine out/terraform
end

begin stale-files-and-their-folders-are-removed
echo mine >out/hosts/notes
sed -i 's/web: {.*/db: { kind: rds, id: shop, engine: postgres, class: db.t3.micro, storage: 20 GiB }/' ops.yaml
build -o out || why=${why:-"the build failed"}
expect_not 'the folder is there' test -e out/hosts/web
expect 'a file of mine and its folder stay' test -f out/hosts/notes
expect_not 'the manifest names it' grep -q hosts/web out/.opsc-manifest.json
end

begin check-writes-nothing
aged
fails 0 '' -o out --check
sed -i 's/eu-west-1/eu-west-2/' ops.yaml
fails 1 '' -o out --check
expect 'a unified diff' grep -q '^+++ terraform/' log
expect 'the old line' grep -q '^-.*eu-west-1' log
expect 'the new line' grep -q '^+.*eu-west-2' log
expect_not 'something was touched' sh -c 'find out -newer then | grep .'
fails 1 '' -o fresh --check
expect_not 'the folder was made' test -e fresh
end

begin only-writes-only-that
sed -i 's/eu-west-1/eu-west-2/' ops.yaml
build -o out --only terraform/providers.tf || why=${why:-"--only failed"}
expect 'the file is new' grep -rq eu-west-2 out/terraform/providers.tf
expect_not 'something else is new' grep -rq eu-west-2 out/hosts
expect 'the manifest still names the rest' grep -q hosts/web/install.sh out/.opsc-manifest.json
build -o out || why=${why:-"the build after it failed"}
expect 'the rest is new now' grep -rq eu-west-2 out/hosts
fails 2 '' -o out --only nonsense
end

begin only-keeps-what-is-stale-elsewhere
sed -i 's/web: {.*/db: { kind: rds, id: shop, engine: postgres, class: db.t3.micro, storage: 20 GiB }/' ops.yaml
build -o out --only terraform/ || why=${why:-"--only failed"}
expect 'stale files elsewhere are there' test -f out/hosts/web/install.sh
build -o out || why=${why:-"the build after it failed"}
expect_not 'they are gone with the next whole build' test -e out/hosts
end

begin one-environment-leaves-the-others-alone
sed -i 's/project: shop/project: shop\nenvironments: { staging: {}, production: {} }/' ops.yaml
rm -rf out
build -o out || why=${why:-"the build failed"}
state out/production >before
build -o out --env staging || why=${why:-"--env failed"}
state out/production >after
expect 'production is as it was' cmp before after
expect 'production is in the manifest' grep -q production/terraform/main.tf out/.opsc-manifest.json
sed -i 's/staging: {}, //' ops.yaml
build -o out || why=${why:-"the last build failed"}
expect_not 'a removed environment is there' test -e out/staging
end

begin output-path-is-a-file
echo mine >file
fails 3 OPS-1805 -o file
expect 'it is as it was' grep -qx mine file
end

begin link-at-the-end
rm "$main"
echo mine >elsewhere
ln -s ../../elsewhere "$main"
fails 1 OPS-1802 -o out --force
expect 'what it points to is as it was' grep -qx mine elsewhere
expect 'it is a link still' test -L "$main"
end

begin link-in-the-middle
mv out/terraform elsewhere
ln -s ../elsewhere out/terraform
sed -i 's/eu-west-1/eu-west-2/' ops.yaml
state elsewhere >before
fails 1 OPS-1802 -o out --force
state elsewhere >after
expect 'what it points to is as it was' cmp before after
expect 'one message, not one for each file' test "$(grep -c 'error.OPS-1802' log)" = 1
end

begin nothing-is-removed-through-a-link
mv out/hosts elsewhere
ln -s ../elsewhere out/hosts
sed -i 's/web: {.*/db: { kind: rds, id: shop, engine: postgres, class: db.t3.micro, storage: 20 GiB }/' ops.yaml
build -o out --force || why=${why:-"the build failed"}
expect 'the files are there' test -f elsewhere/web/install.sh
end

begin the-output-folder-may-be-a-link
mv out real
ln -s real out
sed -i 's/eu-west-1/eu-west-2/' ops.yaml
build -o out || why=${why:-"the build failed"}
expect 'it was written' grep -q eu-west-2 real/terraform/providers.tf
end

begin manifest-that-is-damaged
printf '{"opsc": 1, "files": {"terraform/main.tf": "0123"}}' >out/.opsc-manifest.json
state out >before
fails 1 OPS-1803 -o out --force
printf 'nonsense' >out/.opsc-manifest.json
fails 1 OPS-1803 -o out --force
printf '<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs\n' >out/.opsc-manifest.json
fails 1 OPS-1803 -o out
expect 'it says what to do with a merge conflict' grep -q 'merge conflict' log
printf '{"opsc": 2, "files": {}}' >out/.opsc-manifest.json
fails 1 OPS-1803 -o out --force
expect 'it says who wrote it' grep -q 'newer opsc' log
rm out/.opsc-manifest.json
mkdir out/.opsc-manifest.json
fails 3 OPS-1805 -o out --force
expect 'it says that nothing was written' grep -q 'hint: Nothing was written' log
rmdir out/.opsc-manifest.json
ln -s nowhere out/.opsc-manifest.json
fails 1 OPS-1802 -o out --force
expect 'it is a link still' test -L out/.opsc-manifest.json
end

begin manifest-that-points-outside
echo mine >precious
hash=$(grep -o '"[0-9a-f]\{16\}"' out/.opsc-manifest.json | head -n 1)
for path in ../precious "$PWD/precious" terraform/../../precious ./../precious terraform//x ''; do
    printf '{"opsc": 1, "files": {"%s": %s}}' "$path" "$hash" >out/.opsc-manifest.json
    fails 1 OPS-1803 -o out --force
    expect 'the file outside is there' grep -qx mine precious
done
end

begin killed-in-the-middle
# What a killed run leaves: some files written, temporary ones, the lock, and two hashes of each file that changes.
sed 's/eu-west-1/eu-west-2/' ops.yaml >new.yaml
"$OPSC" build new.yaml -o other >/dev/null 2>&1 || why='the other build failed'
python3 - <<'P' || why='python3 failed'
import json
old, new = (json.load(open(d + "/.opsc-manifest.json")) for d in ("out", "other"))
files = {p: h if h == new["files"][p] else h + " " + new["files"][p] for p, h in old["files"].items()}
files["gone/empty"] = files["gone/half"] = "0123456789abcdef"
json.dump({"opsc": 1, "files": files}, open("out/.opsc-manifest.json", "w"))
P
cp other/terraform/providers.tf out/terraform/providers.tf
# New files that it had just begun; one of them is behind a link, where nothing is touched.
mkdir out/gone elsewhere
: >out/gone/empty
printf 'half\0\0\0' >out/gone/half
printf 'terraform\0' >out/terraform/versions.tf
mv out/terraform/modules elsewhere/modules
ln -s ../../elsewhere/modules out/terraform/modules
: >elsewhere/modules/monitoring/sns.tf
fails 1 OPS-1802 -o out
expect 'the empty file behind the link is there' test -e elsewhere/modules/monitoring/sns.tf
rm out/terraform/modules
mv elsewhere/modules out/terraform/modules
cp other/terraform/modules/monitoring/sns.tf out/terraform/modules/monitoring/sns.tf
: >out/.opsc-lock
echo half >out/terraform/backend.tf.opsc-tmp-123-0
echo half >out/.opsc-manifest.json.opsc-tmp-123-0
echo mine >out/terraform/notes.opsc-tmp-keep
: >out/.opsc-lock
# The spec has changed again since.
sed -i 's/eu-west-1/eu-west-3/' ops.yaml
build -o out || why=${why:-"the build failed"}
"$OPSC" build ops.yaml -o third >/dev/null 2>&1 || why=${why:-'the third build failed'}
expect 'a file of mine is there' grep -qx mine out/terraform/notes.opsc-tmp-keep
rm -f out/terraform/notes.opsc-tmp-keep
expect 'the folder is as if nothing had happened' diff -r third out
end

begin killed-and-nothing-left-to-do
echo half >out/terraform/main.tf.opsc-tmp-9-0
: >out/.opsc-lock
build -o out || why=${why:-"the build failed"}
expect_not 'temporary files are there' sh -c 'find out -name "*opsc-tmp*" | grep .'
expect_not 'the lock is there' test -e out/.opsc-lock
end

begin killed-at-any-moment
i=0
while [ "$i" -lt 12 ]; do
    sed -i "s/eu-west-[0-9]/eu-west-$((i % 3 + 1))/" ops.yaml
    "$OPSC" build -o out >/dev/null 2>&1 &
    pid=$!
    sleep "0.0$((i * 7 % 10))"
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    i=$((i + 1))
done
sed -i 's/eu-west-[0-9]/ap-south-1/' ops.yaml
build -o out || why=${why:-"the build after it failed"}
rm -rf fresh
"$OPSC" build -o fresh >/dev/null 2>&1 || why=${why:-'the fresh build failed'}
expect 'the folder is as a fresh one' diff -r fresh out
end

begin two-runs-at-once
sed 's/eu-west-1/eu-west-2/' ops.yaml >two.yaml
sed 's/eu-west-1/eu-west-3/' ops.yaml >three.yaml
"$OPSC" build two.yaml -o two >/dev/null 2>&1
"$OPSC" build three.yaml -o three >/dev/null 2>&1
i=0
while [ "$i" -lt 10 ]; do
    "$OPSC" build two.yaml -o out >log2 2>&1 &
    two=$!
    "$OPSC" build three.yaml -o out >log3 2>&1 &
    three=$!
    wait "$two" || why=${why:-"one failed: $(head -n 1 log2)"}
    wait "$three" || why=${why:-"the other failed: $(head -n 1 log3)"}
    diff -r two out >/dev/null || diff -r three out >log || why=${why:-'neither of the two'}
    i=$((i + 1))
done
end

begin the-lock-waits-and-gives-up
if command -v flock >/dev/null 2>&1; then
    sed -i 's/eu-west-1/eu-west-2/' ops.yaml
    flock out/.opsc-lock sleep 30 &
    holder=$!
    sleep 0.3
    fails 3 OPS-1804 -o out
    expect 'it says who' grep -q 'another opsc' log
    kill "$holder"
    wait "$holder" 2>/dev/null || true
    end
else
    cd "$root"
    printf 'skip-missing the-lock-waits-and-gives-up: flock\n'
fi

begin umask-is-kept
(umask 077 && "$OPSC" build -o private >log 2>&1) || why='the build failed'
expect_not 'others can read something' sh -c 'find private -perm -004 -o -perm -040 | grep .'
expect 'scripts can be run' test -x private/hosts/web/install.sh
(umask 022 && "$OPSC" build -o public >log 2>&1) || why=${why:-'the build failed'}
expect 'all can read all' sh -c 'test -z "$(find public -type f ! -perm -444)"'
end

begin odd-paths
mkdir 'ä b'
mv ops.yaml 'ä b/ops.yaml'
build 'ä b' || why=${why:-"the build failed"}
expect 'the output is there' test -f 'ä b/terraform/main.tf'
build 'ä b' -o "$(printf 'x\ty"$(id)/z')" || why=${why:-"the build failed"}
expect 'the other is there' test -f "$(printf 'x\ty"$(id)/z/terraform/main.tf')"
end

begin full-disk
mkdir disk
if mount -t tmpfs -o size=64k tmpfs disk 2>/dev/null; then
    fails 3 OPS-1804 -o disk/out
    expect 'it says why' grep -q 'no space left' log
    expect_not 'temporary files are there' sh -c 'find disk -name "*opsc-tmp*" | grep .'
    if mount -o remount,size=4m disk 2>/dev/null; then
        build -o disk/out || why=${why:-"the build with more space failed"}
        expect 'it went on from there' diff -r out disk/out
    fi
    umount disk
    end
else
    cd "$root"
    printf 'skip full-disk: no right to mount a small one\n'
fi

begin read-only-folder
run=
if [ "$(id -u)" = 0 ]; then
    if command -v setpriv >/dev/null 2>&1; then run='setpriv --reuid=65534 --regid=65534 --clear-groups'; fi
    chmod 755 "$base" "$base/$name"
else
    run='env'
fi
# shellcheck disable=SC2086
if [ -n "$run" ] && $run "$OPSC" --version >/dev/null 2>&1 && $run test -r ops.yaml; then
    chmod -R a-w out
    status=0
    $run "$OPSC" build -o out >log 2>&1 || status=$?
    [ "$status" = 0 ] || why=${why:-"status $status though nothing has to be written"}
    sed -i 's/eu-west-1/eu-west-2/' ops.yaml
    state out >before
    status=0
    $run "$OPSC" build -o out >log 2>&1 || status=$?
    [ "$status" = 3 ] || why=${why:-"exit status $status, not 3"}
    state out >after
    expect 'it says why' grep -q 'OPS-1804.*permission denied' log
    expect 'nothing was written' cmp before after
    chmod -R u+w out
    # The folder that lacks is one below that which is read-only.
    rm -rf out/hosts/web
    chmod -R a+w out
    chmod a-w out/hosts
    status=0
    $run "$OPSC" build -o out >log 2>&1 || status=$?
    [ "$status" = 3 ] || why=${why:-"exit status $status, not 3, for a folder that cannot be made"}
    expect 'it says why it cannot be made' grep -q 'OPS-1804.*permission denied' log
    chmod u+w out/hosts
    end
else
    cd "$root"
    printf 'skip read-only-folder: cannot become another user\n'
fi
