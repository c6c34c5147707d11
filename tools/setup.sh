#!/bin/sh
# Installs what is missing to build or test opsc; does nothing when all is there.
#
#   tools/setup.sh build            what `make` needs
#   tools/setup.sh test             that, and what `make check` and the gates need
#   tools/setup.sh ITEM...          single rows of the table below
#   tools/setup.sh --check WHAT...  installs nothing: names what is missing
#
# Exit status: 0 all is there, 2 usage, 3 something is missing and could not be installed.
# OPSC_NO_INSTALL=1 does as --check does. LIVE=0 wants no libcurl.
# A change to a probe or a row is all that a new dependency takes.
# shellcheck disable=SC2016,SC3013,SC2310,SC2312,SC2317  # -nt is in every sh we meet; probes fail on purpose
set -eu
cd "$(dirname "$0")/.."

# group | item | why | apt | dnf | pacman | apk | brew       ("-": not packaged there)
table() {
    cat <<'EOF'
build|cc|compiles the C code|gcc libc6-dev|gcc|gcc|gcc musl-dev|llvm
build|make|runs the build|make|make|make|make|make
build|pkg-config|finds the libraries|pkg-config|pkgconf-pkg-config|pkgconf|pkgconf|pkgconf
build|libyaml|reads ops.yaml|libyaml-dev|libyaml-devel|libyaml|yaml-dev|libyaml
build|cjson|reads JSON|libcjson-dev|cjson-devel|cjson|cjson-dev|cjson
build|libcurl|reads AWS's price list|libcurl4-openssl-dev|libcurl-devel|curl|curl-dev|curl
build|expat|reads AWS's answers in XML|libexpat1-dev|expat-devel|expat|expat-dev|expat
build|re2c|makes the lexer from grammar/ (version 3 or later)|re2c|re2c|re2c|re2c|re2c
build|bison|makes the parser from grammar/ (version 3.8 or later)|bison|bison|bison|bison|bison
test|cmocka|runs the unit tests|libcmocka-dev|libcmocka-devel|cmocka|cmocka-dev|cmocka
test|sanitizers|lets the tests see memory errors|gcc|libasan libubsan|gcc|compiler-rt|llvm
test|clang|is the second compiler|clang|clang|clang|clang|llvm
test|fuzzer|fuzzes (compiler-rt of clang)|libclang-rt-dev|compiler-rt|compiler-rt|compiler-rt|llvm
test|clang-format|checks the layout of the code|clang-format|clang-tools-extra|clang|clang-extra-tools|clang-format
test|clang-tidy|checks the code|clang-tidy|clang-tools-extra|clang|clang-extra-tools|llvm
test|objdump|looks for mutable data in objects|binutils|binutils|binutils|binutils|binutils
test|shellcheck|checks shell scripts, ours and generated ones|shellcheck|ShellCheck|shellcheck|shellcheck|shellcheck
test|shfmt|checks the layout of generated scripts|shfmt|shfmt|shfmt|shfmt|shfmt
test|age|seals backups of secrets|age|age|age|age|age
test|openssl|makes certificates for the tests|openssl|openssl|openssl|openssl|openssl
test|redis|is what generated cache probes are tried on|redis-server|redis|valkey|redis|redis
test|postgresql|is what generated database scripts are tried on|postgresql|postgresql-server|postgresql|postgresql|postgresql@16
test|zsh|reads the completion made for it|zsh|zsh|zsh|zsh|zsh
test|fish|reads the completion made for it|fish|fish|fish|fish|fish
test|groff|reads the manual page|groff-base|groff-base|groff|groff|groff
test|mariadb|is what generated MySQL probes are tried on|mariadb-server|mariadb-server|mariadb|mariadb mariadb-client|mariadb
test|python3|runs test scripts|python3|python3|python|python3|python
test|jsonschema|checks generated JSON (module of python3)|python3-jsonschema|python3-jsonschema|python-jsonschema|py3-jsonschema|-
test|pyyaml|reads YAML in test scripts (module of python3)|python3-yaml|python3-pyyaml|python-yaml|py3-yaml|-
test|dockerd|runs containers that generated scripts deploy|docker.io|moby-engine|docker|docker|-
test|podman|runs containers that generated scripts deploy|podman|podman|podman|podman|-
test|runc|is what podman runs them with|runc|runc|runc|runc|-
test|nginx|is the proxy before deployed containers|nginx|nginx|nginx|nginx|-
test|docker-registry|has the images that are deployed|docker-registry|docker-distribution|-|-|-
test|sshd|is how deploys are asked for|openssh-server openssh-client|openssh-server openssh-clients|openssh|openssh|-
test|sudo|lets the account of deploys run its scripts|sudo|sudo|sudo|sudo|-
test|iostat|tries commands of runbooks|sysstat|sysstat|sysstat|sysstat|-
test|iotop|tries commands of runbooks|iotop|iotop|iotop|iotop|-
test|lsof|tries commands of runbooks|lsof|lsof|lsof|lsof|lsof
test|ss|tells generated scripts who is connected|iproute2|iproute|iproute2|iproute2|-
test|curl|asks deployed containers whether they are well|curl|curl|curl|curl|curl
test|jq|looks into generated JSON|jq|jq|jq|jq|jq
test|bash|runs generated scripts and .ci/run|bash|bash|bash|bash|bash
test|unshare|gives the tests of install.sh folders of their own|util-linux|util-linux-core|util-linux|util-linux|-
test|systemd-analyze|checks generated units|systemd|systemd|systemd|-|-
test|git|compares generated/ with what is committed|git|git|git|git|git
test|python-tools|are what scripts of generated CI run|flake8 black python3-pytest bandit|python3-flake8 black python3-pytest bandit|flake8 python-black python-pytest bandit|py3-flake8 black py3-pytest|flake8 black pytest bandit
test|node|runs the linters of workflows|nodejs|nodejs|nodejs|nodejs|node
test|npm|installs them|npm|nodejs-npm|npm|npm|node
test|workflow-linters|check generated workflows and pages (npm, as tests/node/package-lock.json says)|-|-|-|-|-
test|pre-commit|runs the hooks of .pre-commit-hooks.yaml as a user's repository does|pre-commit|pre-commit|pre-commit|pre-commit|pre-commit
EOF
}

have() {
    command -v "$1" >/dev/null 2>&1
}

# Library: pkg-config knows it, or the header compiles.
library() {
    pkg-config --exists "$1" 2>/dev/null ||
        printf '#include <stdarg.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <setjmp.h>\n#include <%s>\n' "$2" |
        "$cc" -fsyntax-only -x c - 2>/dev/null
}

# $1 >= $2, as dotted numbers of two places
version_at_least() {
    [ -n "$1" ] || return 1
    major=${1%%.*}
    minor=${1#*.}
    minor=${minor%%[!0-9]*}
    [ "$major" -gt "${2%.*}" ] || { [ "$major" -eq "${2%.*}" ] && [ "${minor:-0}" -ge "${2#*.}" ]; }
}

# A slow probe is asked once: again when the tool or this script is newer than the answer.
remembered() {
    tool=$(command -v "$1") || return 1
    mark=build/.probe-$2
    [ -f "$mark" ] && [ "$mark" -nt "$tool" ] && [ "$mark" -nt tools/setup.sh ] && return 0
    shift 2
    "$@" >/dev/null 2>&1 || return 1
    { mkdir -p build && : >"$mark"; } 2>/dev/null || true
}

links() {
    mkdir -p build
    printf '%s\n' "$1" | "$2" "$3" -x c -o build/.probe - && rm -f build/.probe
}

probe() {
    case $1 in
    cc)
        for cc in "${CC:-cc}" gcc clang; do
            have "${cc%% *}" && break
        done
        cc=${cc%% *}
        have "$cc"
        ;;
    make) have gmake || { have make && remembered make make sh -c 'make --version | grep -q "GNU Make [4-9]"'; } ;;
    pkg-config) have pkg-config ;;
    libyaml) library yaml-0.1 yaml.h ;;
    cjson) library libcjson cjson/cJSON.h ;;
    expat) library expat expat.h ;;
    libcurl) [ "${LIVE:-1}" = 0 ] || library libcurl curl/curl.h ;;
    re2c) have re2c && version_at_least "$(re2c --version | sed 's/.* //')" 3.0 ;;
    bison)
        for bison in bison /opt/homebrew/opt/bison/bin/bison /usr/local/opt/bison/bin/bison; do
            have "$bison" && version_at_least "$("$bison" --version | sed -n '1s/.* //p')" 3.8 && return 0
        done
        return 1
        ;;
    cmocka) library cmocka cmocka.h ;;
    sanitizers)
        # musl's gcc has none; the Makefile takes clang there.
        if [ -f /etc/alpine-release ]; then cc=clang; fi
        remembered "$cc" sanitizers links 'int main(void) { return 0; }' "$cc" -fsanitize=address,undefined
        ;;
    fuzzer)
        remembered clang fuzzer links 'int LLVMFuzzerTestOneInput(const void *p, unsigned long n) { return p && n > 9; }' \
            clang -fsanitize=fuzzer,address
        ;;
    redis) have redis-server || have valkey-server ;;
    postgresql) have initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ;;
    mariadb) have mariadbd || [ -x /usr/sbin/mariadbd ] || [ -x /usr/libexec/mariadbd ] ;;
    nginx | docker-registry | sshd | runc | dockerd | iotop) have "$1" || [ -x "/usr/sbin/$1" ] || [ -x "/usr/local/sbin/$1" ] ;;
    jsonschema) remembered python3 jsonschema python3 -c 'import jsonschema' ;;
    python-tools) have flake8 && have black && have bandit && { have pytest || have pytest-3; } ;;
    workflow-linters) cmp -s tests/node/package-lock.json tests/node/node_modules/.installed ;;
    pyyaml) remembered python3 pyyaml python3 -c 'import yaml' ;;
    clang | clang-format | clang-tidy | zsh | fish | groff | objdump | shellcheck | shfmt | openssl | age | python3 | jq | curl | podman | sudo | ss | iostat | lsof | bash | git | pre-commit | unshare | systemd-analyze | node | npm) have "$1" ;;
    *) return 1 ;;
    esac
}

# The rows asked for whose probe says no.
missing() {
    table | while IFS= read -r row; do
        item=${row#*|}
        item=${item%%|*}
        case " $wanted " in
        *" ${row%%|*} "* | *" $item "*) probe "$item" </dev/null || printf '%s\n' "$row" ;;
        *) ;;
        esac
    done
}

# Column $1 of the rows on stdin, as one sorted line of package names.
packages() {
    cut -d '|' -f "$1" | tr ' ' '\n' | grep -vx -e - -e '' | sort -u | tr '\n' ' ' | sed 's/ $//'
}

run() {
    printf '+ %s\n' "$*"
    "$@" </dev/null
}

install_packages() { # packages as words
    case $manager in
    apt-get) run $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" ;;
    dnf) run $sudo dnf install -y --setopt=install_weak_deps=False "$@" ;;
    pacman) run $sudo pacman -S --needed --noconfirm "$@" ;;
    apk) run $sudo apk add "$@" ;;
    brew) run brew install "$@" ;;
    *) return 1 ;;
    esac
}

install_named() { # their names as one text, words of the table above
    if [ -z "$manager" ]; then
        printf 'They cannot be installed from here: no package manager that this user may use.\n' >&2
        return
    fi
    # shellcheck disable=SC2086
    install_packages $1 && return
    refresh_lists || true
    # One unknown name must not keep the others out.
    # shellcheck disable=SC2086
    install_packages $1 || for name in $1; do
        install_packages "$name" || printf 'tools/setup.sh: %s could not be installed\n' "$name" >&2
    done
}

# What comes from npm, whatever the system is: into tests/node, by any user.
install_linters() {
    case $rows in *'|workflow-linters|'*) ;; *) return 0 ;; esac
    have npm || return 1
    run npm ci --prefix tests/node --ignore-scripts --no-audit --no-fund &&
        cp tests/node/package-lock.json tests/node/node_modules/.installed
}

refresh_lists() {
    case $manager in
    apt-get) run $sudo apt-get update ;;
    pacman) run $sudo pacman -Sy ;;
    apk) run $sudo apk update ;;
    *) ;;
    esac
}

by_hand() { # SYSTEM COMMAND COLUMN
    line=$(printf '%s\n' "$rows" | packages "$3")
    [ -z "$line" ] || printf '  %-14s  %s %s\n' "$1" "$2" "$line"
}

explain() { # what to do by hand
    {
        printf '\nInstall them with one of these, or by other means:\n'
        by_hand 'Debian, Ubuntu' 'apt-get install' 4
        by_hand 'Fedora, RHEL' 'dnf install' 5
        by_hand Arch 'pacman -S' 6
        by_hand Alpine 'apk add' 7
        by_hand macOS 'brew install' 8
        case $rows in *'|jsonschema|'* | *'|pyyaml|'*) printf '  any             pip install jsonschema PyYAML (for the python3 that is first in PATH)\n' ;; *) ;; esac
        case $rows in *'|workflow-linters|'*) printf '  any             tools/setup.sh workflow-linters (npm has them)\n' ;; *) ;; esac
    } >&2
}

check=${OPSC_NO_INSTALL:-}
wanted=
for arg in "$@"; do
    case $arg in
    --check) check=1 ;;
    build) wanted="$wanted build" ;;
    test) wanted="$wanted build test" ;;
    *)
        if ! table | cut -d '|' -f 2 | grep -qx -e "$arg"; then
            printf 'usage: tools/setup.sh [--check] build|test|ITEM...\n' >&2
            exit 2
        fi
        wanted="$wanted $arg"
        ;;
    esac
done
if [ -z "$wanted" ]; then
    printf 'usage: tools/setup.sh [--check] build|test|ITEM...\n' >&2
    exit 2
fi

cc=cc
probe cc || true
rows=$(missing)
[ -n "$rows" ] || exit 0

printf 'opsc needs what is not on this machine:\n' >&2
printf '%s\n' "$rows" | while IFS='|' read -r _ item why _; do
    printf '  %-13s %s\n' "$item" "$why" >&2
done

manager=
for m in apt-get dnf pacman apk brew; do
    if have "$m"; then
        manager=$m
        break
    fi
done
sudo=
if [ "$(id -u)" != 0 ] && [ "$manager" != brew ]; then
    # Without a terminal nobody can type a password.
    if have sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        sudo=sudo
    else
        manager=
    fi
fi
if [ -n "$check" ]; then
    printf 'Run `make demo`, or `tools/setup.sh %s`, which installs them.\n' "${wanted# }" >&2
    explain
    exit 3
fi

case $manager in apt-get) column=4 ;; dnf) column=5 ;; pacman) column=6 ;; apk) column=7 ;; *) column=8 ;; esac
names=$(printf '%s\n' "$rows" | packages "$column")
if [ -n "$names" ]; then
    install_named "$names"
fi
install_linters || printf 'tools/setup.sh: npm could not install the linters of workflows\n' >&2

rows=$(missing)
[ -n "$rows" ] || exit 0
printf 'Still missing after that:\n' >&2
printf '%s\n' "$rows" | while IFS='|' read -r _ item why _; do
    printf '  %-13s %s\n' "$item" "$why" >&2
done
explain
exit 3
