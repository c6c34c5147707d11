# ---- What the scripts of backups have in common.

# Of the metrics in CloudWatch, and of the keys in the bucket.
readonly NAMESPACE={{namespace|shell}}
readonly BUCKET={{bucket|shell}}
readonly KMS_KEY={{kms_key|shell}}
readonly LOCK={{lock|shell}}
readonly LOCK_DAYS={{lock_days|shell}}
readonly -a NAMES=(
  {{names|block}}
)
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

# settings NAME: those of one job.
settings() {
  KIND="" METRIC="" ENGINE="" RDS="" CLUSTER="" HOST="" PORT="" DATABASE="" USER_NAME="" TLS=""
  PASSWORD_STORE="" PASSWORD_ID="" KEEP_S=0 EVERY_S=0 OF="" MAX_AGE_S=0
  STATE_BUCKET="" STATE_KEY="" STATE_REGION="" PARAMETERS="" RECIPIENT="" SEAL_KEY=""
  TABLES=()
  SECRETS=()
  ASSERTIONS=()
  # The metrics that are published; `all` when none is left out.
  PUBLISHED=(all)
  case "$1" in
    {{settings|block}}
    *) fail "${USAGE}" "there is no $1 here; there is: ${NAMES[*]}" ;;
  esac
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
