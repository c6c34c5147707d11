# ---- What the scripts of backups have in common: settings, messages, processes.

readonly NAME={{name|shell}}
# Of the metrics in CloudWatch, and of the keys in the bucket.
readonly NAMESPACE={{namespace|shell}}
readonly REGION={{region|shell}}
readonly BUCKET={{bucket|shell}}
readonly KMS_KEY={{kms_key|shell}}
readonly LOCK={{lock|shell}}
readonly LOCK_DAYS={{lock_days|shell}}
readonly -a NAMES=(
  {{names|block}}
)
readonly STATE_DIR="${STATE_DIRECTORY:-/var/lib/opsc/${NAME}}"
readonly WORK_PARENT="${TMPDIR:-/var/tmp}"
# Each partition of AWS has authorities of its own.
case "${REGION}" in
  us-gov-*) CA_URL=https://truststore.pki.us-gov-west-1.rds.amazonaws.com/global/global-bundle.pem ;;
  cn-*) CA_URL=https://rds-truststore.s3.cn-north-1.amazonaws.com.cn/global/global-bundle.pem ;;
  *) CA_URL=https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem ;;
esac
readonly CA_URL
readonly ID_PATTERN='^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}$'
# By how much clocks may differ.
readonly SKEW_S=300
# The age that is published of what has never been: ten years, more than any alarm allows.
readonly NEVER_S=315360000

# Exit statuses, after sysexits.h where it has one.
readonly FAILED=1 AFTERWARDS=3 USAGE=64 MISSING=69 BUSY=75 REFUSED=78

# settings NAME: those of one job.
settings() {
  KIND="" METRIC="" ENGINE="" RDS="" CLUSTER="" HOST="" PORT="" DATABASE="" USER_NAME="" TLS=""
  PASSWORD_STORE="" PASSWORD_ID="" KEEP_S=0 EVERY_S=0 OF="" MAX_AGE_S=0
  STATE_BUCKET="" STATE_KEY="" STATE_REGION="" PARAMETERS="" RECIPIENT="" SEAL_KEY=""
  TABLES=()
  SECRETS=()
  ASSERTIONS=()
  case "$1" in
    {{settings|block}}
    *) fail "${USAGE}" "there is no $1 here; there is: ${NAMES[*]}" ;;
  esac
}

# The job whose backups it is about, and whose the messages are when not its own.
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
    gzip | curl | jq | age) packages="${names[0]}" ;;
    sha256sum) packages="coreutils" ;;
    mariadb | mariadb-dump) packages="mariadb-client or mysql-client on Debian and Ubuntu, mariadb on Fedora, mariadb105 on Amazon Linux" ;;
    psql | pg_dump | pg_dumpall | pg_restore) packages="postgresql-client on Debian and Ubuntu, postgresql on Fedora, postgresql16 on Amazon Linux" ;;
    *) packages="the package that has it" ;;
  esac
  warn "${1//|/ or } is not installed; install ${packages}"
  complete=0
}

# An aws that cannot send checksums of its own is too old.
need_checksums() {
  if command -v aws >/dev/null && ! run aws s3 cp --dryrun --region "${REGION}" --checksum-algorithm SHA256 "$0" "s3://${BUCKET}/x" >/dev/null 2>&1; then
    warn "this aws is too old: it has no s3 cp --checksum-algorithm; install a newer one from https://aws.amazon.com/cli/"
    complete=0
  fi
}

# need_all NAME...: what these jobs need. Status MISSING when something is not there.
need_all() {
  local name command rds=0
  local -A engines=()
  for command in aws flock gzip jq sha256sum; do
    need "${command}"
  done
  for name in "$@"; do
    settings "${name}"
    if [[ "${KIND}" == drill ]]; then
      settings "${OF}"
    fi
    engines["${ENGINE:-none}"]=1
    if [[ -n "${RECIPIENT}" ]]; then
      need age
    fi
    if [[ -n "${RDS}${CLUSTER}" ]]; then
      rds=1
    fi
  done
  if [[ -n "${engines[postgres]:-}" ]]; then
    for command in psql pg_dump pg_dumpall pg_restore; do
      need "${command}"
    done
  fi
  if [[ -n "${engines[mysql]:-}" ]]; then
    need 'mariadb|mysql'
    need 'mariadb-dump|mysqldump'
  fi
  if ((rds)) && ! known_ca; then
    need curl
  fi
  if ((!complete)); then
    exit "${MISSING}"
  fi
}

first_of() {
  local name
  for name in "$@"; do
    if command -v "${name}" >/dev/null; then
      printf '%s' "${name}"
      return 0
    fi
  done
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

# run_each FUNCTION NAME...: one after the other, each in a process of its own. The status is that of the first that
# failed, and AFTERWARDS only when nothing worse was.
run_each() {
  local name result status=0 function="$1"
  shift
  for name in "$@"; do
    start "${function}" "${name}"
    result=0
    finish "$!" || result="$?"
    if ((result != 0)) && ((status == 0 || status == AFTERWARDS)); then
      status="${result}"
    fi
  done
  return "${status}"
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
  trap clean_up EXIT
  trap 'warn "interrupted"; exit 129' HUP
  trap 'warn "interrupted"; exit 130' INT
  trap 'warn "terminated"; exit 143' TERM
}

# make_work LOCKED|FREE: what runs that were killed have left goes first: of this job when this one has its lock, and of
# those without a lock when their process is gone.
make_work() {
  local folder pid keys_parent="${WORK_PARENT}" prefix="opsc-${NAME}-${PROGRAM}"
  if [[ -d /dev/shm && -w /dev/shm ]]; then
    keys_parent=/dev/shm
  fi
  catch_signals
  for folder in "${WORK_PARENT}/opsc-${NAME}-"*-free-*.* "${keys_parent}/opsc-${NAME}-"*-free-*.*; do
    pid="${folder##*-free-}"
    pid="${pid%%.*}"
    if [[ -O "${folder}" && "${pid}" =~ ^[0-9]+$ ]] && ! kill -0 "${pid}" 2>/dev/null; then
      rm -rf -- "${folder}"
    fi
  done
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

# make_parts: ${work}/parts. The configuration's are secrets in the clear, and those are in memory only.
make_parts() {
  if [[ "${KIND}" != configuration ]]; then
    mkdir -- "${work}/parts"
    return 0
  fi
  if [[ "${keys}" != /dev/shm/* ]]; then
    fail "${MISSING}" "/dev/shm is not there, or cannot be written to, and secrets must not be on a disk"
  fi
  mkdir -- "${keys}/parts"
  ln -s -- "${keys}/parts" "${work}/parts"
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

# program_failed WHAT: by what it wrote to ${work}/err.
program_failed() {
  local said
  said="$(last_line "${work}/err")"
  if grep -Eqs 'No space left on device|File too large|[Dd]isk full|Disk quota exceeded' -- "${work}/err"; then
    fail "${FAILED}" "$1: the disk is full (${WORK_PARENT}): ${said}"
  fi
  if grep -Eqs 'password authentication failed|Access denied|no password supplied|permission denied|command denied' -- "${work}/err"; then
    fail "${REFUSED}" "$1: the database refuses: ${said}"
  fi
  # On a disk that is full what it said is not there either.
  if [[ -z "${said}" ]] && (($(free_bytes "${work}") < 65536)); then
    fail "${FAILED}" "$1: the disk is full (${WORK_PARENT})"
  fi
  fail "${FAILED}" "$1: ${said:-it failed and did not say why}"
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
