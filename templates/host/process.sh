# ---- What the scripts of a host have in common: messages, processes, folders and locks of a run.

readonly NAME={{name|shell}}
readonly STATE_DIR="${STATE_DIRECTORY:-/var/lib/opsc/${NAME}}"
readonly WORK_PARENT="${TMPDIR:-/var/tmp}"

# Exit statuses, after sysexits.h where it has one.
readonly FAILED=1 AFTERWARDS=3 USAGE=64 MISSING=69 BUSY=75 REFUSED=78

# The job that it is about, and whose the messages are when not its own.
job=""
speaker=""
say() {
  local who="${speaker:-${job}}"
  printf '%s: %s%s\n' "${PROGRAM}" "${who:+${who}: }" "$1"
}

warn() {
  say "$1" >&2
}

fail() {
  warn "$2"
  exit "$1"
}

# need COMMAND: says what has it when it is not there (of a|b neither).
complete=1
need() {
  local name packages=""
  local -a names
  IFS='|' read -r -a names <<<"$1"
  for name in "${names[@]}"; do
    if command -v "${name}" >/dev/null; then
      return 0
    fi
  done
  case "${names[0]}" in
    aws) packages="awscli, or https://aws.amazon.com/cli/" ;;
    flock) packages="util-linux" ;;
    gzip | curl | jq | age | podman | nginx) packages="${names[0]}" ;;
    docker) packages="docker.io on Debian, docker on Amazon Linux, or docker-ce of https://docs.docker.com/engine/install/" ;;
    ss) packages="iproute2 on Debian and Ubuntu, iproute on Fedora and Amazon Linux" ;;
    sha256sum) packages="coreutils" ;;
    mariadb | mariadb-dump) packages="mariadb-client or mysql-client on Debian and Ubuntu, mariadb on Fedora, mariadb105 on Amazon Linux" ;;
    psql | pg_dump | pg_dumpall | pg_restore) packages="postgresql-client on Debian and Ubuntu, postgresql on Fedora, postgresql16 on Amazon Linux" ;;
    *) packages="the package that has it" ;;
  esac
  warn "${1//|/ or } is not installed; install ${packages}"
  complete=0
}

# ---- Processes. All that may take long runs in the background and is waited for, so that a signal is answered at once.

children=()
start() {
  "$@" <&0 &
  children["$!"]=1
}

# finish PID: waits; its status.
finish() {
  local status=0
  wait "$1" || status="$?"
  unset "children[$1]"
  return "${status}"
}

run() {
  start "$@"
  finish "$!"
}

stop_children() {
  local pid
  for pid in "${!children[@]}"; do
    kill "${pid}" 2>/dev/null || true
  done
  for pid in "${!children[@]}"; do
    wait "${pid}" 2>/dev/null || true
  done
}

# Folders of this run, 0700: what is worked on; and passwords, in memory where there is such a folder.
work=""
keys=""
# Set by what must be undone.
undo=""
clean_up() {
  local status="$?"
  trap '' INT TERM HUP
  set +e
  exec 2>&8
  stop_children
  if [[ -n "${undo}" ]]; then
    "${undo}"
  fi
  remove_work
  exit "${status}"
}

remove_work() {
  if [[ -n "${work}" ]]; then
    rm -rf -- "${work}"
  fi
  if [[ -n "${keys}" ]]; then
    rm -rf -- "${keys}"
  fi
}

catch_signals() {
  # A signal may come while the output of a function goes to a file, and what is said then would go there too.
  exec 8>&2
  trap clean_up EXIT
  trap 'exec 2>&8; warn "interrupted"; exit 129' HUP
  trap 'exec 2>&8; warn "interrupted"; exit 130' INT
  trap 'exec 2>&8; warn "terminated"; exit 143' TERM
}

# remove_left PARENT...: what runs without a lock have left there that were killed: their process is gone.
remove_left() {
  local parent folder pid
  for parent in "$@"; do
    for folder in "${parent}/opsc-${NAME}-"*-free-*.*; do
      pid="${folder##*-free-}"
      pid="${pid%%.*}"
      if [[ -O "${folder}" && "${pid}" =~ ^[0-9]+$ ]] && ! kill -0 "${pid}" 2>/dev/null; then
        rm -rf -- "${folder}"
      fi
    done
  done
}

# make_free_folder: ${work} of who needs no lock and writes little: in memory for root.
make_free_folder() {
  local parent=/run
  if [[ ! -w "${parent}" ]]; then
    parent="${WORK_PARENT}"
  fi
  catch_signals
  remove_left "${parent}"
  work="$(mktemp -d -- "${parent}/opsc-${NAME}-${PROGRAM}-free-${BASHPID}.XXXXXXXX")"
}

# make_work LOCKED|FREE: what runs that were killed have left goes first: of this job when this one has its lock, and of
# those without a lock.
make_work() {
  local folder keys_parent="${WORK_PARENT}" prefix="opsc-${NAME}-${PROGRAM}"
  if [[ -d /dev/shm && -w /dev/shm ]]; then
    keys_parent=/dev/shm
  fi
  catch_signals
  remove_left "${WORK_PARENT}" "${keys_parent}"
  if [[ "$1" == LOCKED ]]; then
    prefix+="-locked-${job}"
    for folder in "${WORK_PARENT}/${prefix}".* "${keys_parent}/${prefix}".*; do
      if [[ -O "${folder}" ]]; then
        rm -rf -- "${folder}"
      fi
    done
  else
    prefix+="-free-${BASHPID}"
  fi
  work="$(mktemp -d -- "${WORK_PARENT}/${prefix}.XXXXXXXX")"
  keys="$(mktemp -d -- "${keys_parent}/${prefix}.XXXXXXXX")"
}

# take_lock NAME: until the end of this process and of all that it has started.
take_lock() {
  if ! mkdir -p -- "${STATE_DIR}" || ! exec 9>"${STATE_DIR}/$1.lock"; then
    fail "${REFUSED}" "cannot write to ${STATE_DIR}; run it as root, or set STATE_DIRECTORY"
  fi
  if ! flock -n 9; then
    fail "${BUSY}" "another run has not ended yet; this one has done nothing"
  fi
}

# last_line FILE: what a program said last, in one line of a bounded length; of lines that tell an error the last of those.
last_line() {
  local line last="" error=""
  if [[ -r "$1" ]]; then
    while IFS= read -r line || [[ -n "${line}" ]]; do
      if [[ "${line}" =~ [^[:space:]] ]]; then
        last="${line}"
      fi
      if [[ "${line}" =~ [Ee]rror|ERROR|FATAL ]]; then
        error="${line}"
      fi
    done <"$1"
  fi
  last="${error:-${last}}"
  last="${last//[[:cntrl:]]/ }"
  printf '%s' "${last:0:500}"
}

free_bytes() {
  df --output=avail -B1 -- "$1" | tail -n 1
}

# number WHAT TEXT: into NUMBER. What others have written is reckoned with only when it is digits: bash runs what is in
# $(...) in a number.
number() {
  if ! [[ "$2" =~ ^(0|[1-9][0-9]{0,17})$ ]]; then
    fail "${FAILED}" "$1 is no number: ${2:0:100}"
  fi
  NUMBER="$2"
}
NUMBER=""

# room BYTES FOLDER: is there so much room?
room() {
  local free
  number "the size of what is to be there" "$1"
  free="$(free_bytes "$2")"
  if ((free < NUMBER)); then
    fail "${FAILED}" "the disk is full: $2 has ${free} bytes left, and ${NUMBER} are needed"
  fi
}

utc() {
  TZ=UTC0 printf "%($1)T" "$2"
}
