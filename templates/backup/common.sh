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

# ---- AWS

export AWS_PAGER="" AWS_CLI_AUTO_PROMPT=off
readonly -a AWS=(aws --region "${REGION}" --cli-connect-timeout 15 --cli-read-timeout 60)

# aws_failed WHAT: in words what aws wrote to ${work}/err.
aws_failed() {
  local said
  said="$(last_line "${work}/err")"
  case "${said}" in
    *ExpiredToken* | *"token included in the request is expired"* | *RequestExpired* | *"oken has expired"*)
      fail "${REFUSED}" "$1: the credentials of this host have expired: ${said}"
      ;;
    *"Unable to locate credentials"* | *InvalidAccessKeyId* | *InvalidClientTokenId* | *UnrecognizedClient* | *SignatureDoesNotMatch*)
      fail "${REFUSED}" "$1: this host has no valid credentials for AWS: ${said}"
      ;;
    *AccessDenied* | *"not authorized"* | *Forbidden*)
      fail "${REFUSED}" "$1: this host may not do that: ${said}"
      ;;
    *RequestTimeTooSkewed* | *"Signature not yet current"*)
      fail "${REFUSED}" "$1: the clock of this host is wrong: ${said}"
      ;;
    *"Unknown options"*) fail "${MISSING}" "$1: this aws is too old; install a newer one from https://aws.amazon.com/cli/: ${said}" ;;
    *NoSuchBucket*) fail "${REFUSED}" "$1: there is no bucket ${BUCKET}: ${said}" ;;
    *ParameterNotFound* | *ResourceNotFound* | *DBInstanceNotFound* | *DBClusterNotFound*)
      fail "${REFUSED}" "$1: there is no such thing: ${said}"
      ;;
    *"No space left on device"* | *"File too large"*)
      fail "${FAILED}" "$1: the disk is full (${WORK_PARENT}): ${said}"
      ;;
    *) fail "${FAILED}" "$1: ${said:-aws failed and did not say why}" ;;
  esac
}

# ask_aws WHAT ARGUMENTS...: the answer is in ${work}/answer.
ask_aws() {
  local what="$1"
  shift
  if ! run "${AWS[@]}" --output json "$@" >"${work}/answer" 2>"${work}/err"; then
    aws_failed "${what}"
  fi
}

# publish NAME VALUE UNIT...: status not 0 when CloudWatch does not take it.
publish() {
  jq -n '[$ARGS.positional | range(0; length; 3) as $i |
    {MetricName: .[$i], Value: (.[$i + 1] | tonumber), Unit: .[$i + 2]}]' --args "$@" >"${work}/metrics.json"
  if ! run "${AWS[@]}" cloudwatch put-metric-data --namespace "${NAMESPACE}" \
    --metric-data "file://${work}/metrics.json" 2>"${work}/err" >"${work}/answer"; then
    warn "CloudWatch did not take the values of ${METRIC}: $(last_line "${work}/err")"
    return 1
  fi
}

# ---- What is in the bucket: NAMESPACE/job/id/part, where a folder without manifest.json is unfinished.

# store FILE KEY: into the bucket, which refuses what does not have the checksum. Status not 0: see ${work}/err.
store() {
  local -a options=(--only-show-errors --no-progress --checksum-algorithm SHA256)
  if [[ -n "${SEAL_KEY}${KMS_KEY}" ]]; then
    options+=(--sse aws:kms --sse-kms-key-id "${SEAL_KEY:-${KMS_KEY}}")
  fi
  run "${AWS[@]}" s3 cp "${options[@]}" "$1" "s3://${BUCKET}/$2" >"${work}/answer" 2>"${work}/err"
}

# list_backups: keys into ${work}/listing.json, folders into ids (oldest first), folders with a manifest into promoted.
list_backups() {
  local line
  ids=()
  promoted=()
  ask_aws "listing the backups" s3api list-objects-v2 --bucket "${BUCKET}" --prefix "${NAMESPACE}/${job}/"
  jq --arg prefix "${NAMESPACE}/${job}/" '[.Contents // [] | .[] | {key: .Key[($prefix | length):], bytes: .Size, at: .LastModified}]' \
    "${work}/answer" >"${work}/listing.json"
  jq -r --arg id "${ID_PATTERN}" '.[].key | select(contains("/")) | select(split("/")[0] | test($id))' "${work}/listing.json" \
    >"${work}/keys"
  while IFS= read -r line; do
    if [[ "${line}" == */manifest.json ]]; then
      promoted["${line%/*}"]=1
    fi
    if ((${#ids[@]} == 0)) || [[ "${ids[-1]}" != "${line%%/*}" ]]; then
      ids+=("${line%%/*}")
    fi
  done <"${work}/keys"
}
declare -a ids=()
declare -A promoted=()

# time_of ID: in seconds. Nothing when it is no time.
time_of() {
  date -u -d "${1:0:4}-${1:4:2}-${1:6:2} ${1:9:2}:${1:11:2}:${1:13:2}" '+%s' 2>/dev/null || true
}

# fetch KEY FILE: from the folder of the job.
fetch() {
  if ! run "${AWS[@]}" s3 cp --only-show-errors --no-progress "s3://${BUCKET}/${NAMESPACE}/${job}/$1" "$2" \
    </dev/null >"${work}/answer" 2>"${work}/err"; then
    aws_failed "reading $1"
  fi
}

# why_not_whole ID: nothing when the backup is whole as far as its manifest and the listing tell.
why_not_whole() {
  local manifest="${work}/manifests/$1/manifest.json"
  if [[ -z "${promoted[$1]:-}" ]]; then
    printf 'unfinished: it has no manifest'
    return 0
  fi
  if [[ ! -e "${manifest}" ]]; then
    mkdir -p -- "${manifest%/*}"
    fetch "$1/manifest.json" "${manifest}"
  fi
  jq -nr --arg id "$1" --arg job "${job}" --slurpfile listing "${work}/listing.json" '
    ($listing[0] | map({(.key): .bytes}) | add) as $sizes |
    def size: type == "number" and . >= 0 and . == floor and . < 1e15;
    [inputs] | if length == 1 then .[0] else {} end |
    if type != "object" or .format != 1 or .id != $id or .job != $job then "its manifest is of something else"
    elif (.parts | type != "array" or length == 0) then "its manifest has no parts"
    elif ([.parts[].bytes, .bytes, .duration] | all(size) | not) or (.about | type != "object") then "its manifest is damaged"
    elif .bytes != ([.parts[].bytes] | add) then "its manifest is damaged: its size is not that of its parts"
    else [.parts[] |
      if (.name | test("^[a-z0-9][a-z0-9.-]*$") | not) or (.sha256 | test("^[0-9a-f]{64}$") | not) then "its manifest is damaged"
      elif $sizes[$id + "/" + .name] == null then .name + " is gone"
      elif $sizes[$id + "/" + .name] != .bytes then "\(.name) has \($sizes[$id + "/" + .name]) bytes, not \(.bytes)"
      else empty end] | first // ""
    end' "${manifest}" 2>/dev/null || printf 'its manifest is damaged'
}

# newest_whole NOT_AFTER: the newest whole backup of that time or before, into newest; nothing there: "".
newest_whole() {
  local i why at
  newest=""
  for ((i = ${#ids[@]} - 1; i >= 0; i--)); do
    at="$(time_of "${ids[i]}")"
    if [[ -z "${at}" || -z "${promoted[${ids[i]}]:-}" ]] || ((at > $1)); then
      continue
    fi
    why="$(why_not_whole "${ids[i]}")"
    if [[ -z "${why}" ]]; then
      newest="${ids[i]}"
      return 0
    fi
    warn "backup ${ids[i]} is not whole: ${why}"
  done
}
newest=""

# field ID PATH: of its manifest.
field() {
  jq -r "$2 // \"\"" "${work}/manifests/$1/manifest.json"
}

# read_backup ID: all its parts into ${work}/parts; each byte is compared with the manifest and read as what it is.
read_backup() {
  local name bytes sum rest
  local -a parts
  make_parts
  room "$(field "$1" .bytes)" "${work}/parts"
  mapfile -t parts < <(jq -r '.parts[] | "\(.name) \(.bytes) \(.sha256)"' "${work}/manifests/$1/manifest.json")
  for rest in "${parts[@]}"; do
    read -r name bytes sum <<<"${rest}"
    fetch "$1/${name}" "${work}/parts/${name}"
    check_file "${work}/parts/${name}" "${bytes}" "${sum}" "$1"
  done
}

# check_file FILE BYTES SHA256 ID
check_file() {
  local name="${1##*/}" bytes sum
  bytes="$(stat -c %s -- "$1")"
  if [[ "${bytes}" != "$2" ]]; then
    fail "${FAILED}" "backup $4 is damaged: ${name} has ${bytes} bytes, not $2"
  fi
  run sha256sum -- "$1" >"${work}/sum"
  read -r sum bytes <"${work}/sum"
  if [[ "${sum#\\}" != "$3" ]]; then
    fail "${FAILED}" "backup $4 is damaged: ${name} is not what was written (SHA-256 is ${sum}, not $3)"
  fi
  if readable "$1"; then
    return 0
  fi
  if grep -q 'unsupported version' -- "${work}/err"; then
    fail "${MISSING}" "this pg_restore is older than backup $4: $(last_line "${work}/err"); install a newer postgresql-client"
  fi
  fail "${FAILED}" "backup $4 is damaged: ${name} cannot be read to its end: $(last_line "${work}/err")"
}

# readable FILE: reads all of a dump, as that which will read it does. (pg_restore --list reads its beginning only.)
# What age has sealed only its identity opens, which is not here.
readable() {
  local last
  case "$1" in
    *.age) run grep -aq -m 1 '^age-encryption.org/v1' -- "$1" 2>"${work}/err" ;;
    *.json | *.tfstate) run jq -e . -- "$1" >/dev/null 2>"${work}/err" ;;
    *.dump) run pg_restore --file=/dev/null -- "$1" 2>"${work}/err" ;;
    *.sql.gz)
      if ! run gzip -dc -- "$1" >/dev/null 2>"${work}/err"; then
        return 1
      fi
      run last_line_of_gzip "$1" >"${work}/last" 2>"${work}/err" || return 1
      last="$(<"${work}/last")"
      if [[ "$1" == */database.sql.gz && "${last}" != "-- Dump completed"* ]]; then
        printf 'its last line is not "-- Dump completed": the dump was cut off\n' >"${work}/err"
        return 1
      fi
      ;;
    *) run gzip -t -- "$1" 2>"${work}/err" ;;
  esac
}

last_line_of_gzip() {
  gzip -dc -- "$1" | tail -n 1 | tr -d '\000'
}

# ---- Databases

known_ca() {
  for CA_FILE in "${STATE_DIR}/rds-ca.pem" /etc/ssl/certs/rds-global-bundle.pem /etc/pki/rds/global-bundle.pem; do
    if [[ -s "${CA_FILE}" ]]; then
      return 0
    fi
  done
  return 1
}
CA_FILE=""

# AWS's authorities for the certificates of RDS: fetched once, and only over https.
find_ca() {
  local new="${STATE_DIR}/rds-ca.pem.new"
  if known_ca; then
    return 0
  fi
  mkdir -p -- "${STATE_DIR}"
  if ! run curl -fsS --proto '=https' --max-time 60 -o "${new}" "${CA_URL}" 2>"${work}/err" || ! grep -q 'BEGIN CERTIFICATE' "${new}"; then
    rm -f -- "${new}"
    fail "${MISSING}" "the certificates of RDS are not here: get ${CA_URL} and put it to ${STATE_DIR}/rds-ca.pem ($(last_line "${work}/err"))"
  fi
  mv -f -- "${new}" "${STATE_DIR}/rds-ca.pem"
  CA_FILE="${STATE_DIR}/rds-ca.pem"
}

# find_server READ|WRITE: HOST, PORT, and what the settings leave to RDS. Of a cluster a reader is dumped.
find_server() {
  local query found user arn
  local -a lines
  if [[ -n "${CLUSTER}" ]]; then
    # shellcheck disable=SC2016
    query='.DBClusters[0] | (if $mode == "READ" then .ReaderEndpoint // .Endpoint else .Endpoint end), .Port'
    ask_aws "looking up the cluster ${CLUSTER}" rds describe-db-clusters --db-cluster-identifier "${CLUSTER}"
  elif [[ -n "${RDS}" ]]; then
    query='.DBInstances[0] | .Endpoint.Address, .Endpoint.Port'
    ask_aws "looking up the database ${RDS}" rds describe-db-instances --db-instance-identifier "${RDS}"
  else
    return 0
  fi
  found="$(jq -r --arg mode "$1" "[${query}, .MasterUsername, .MasterUserSecret.SecretArn] | .[] | . // \"\"" "${work}/answer")"
  mapfile -t lines <<<"${found}"
  HOST="${lines[0]:-}" PORT="${lines[1]:-}" user="${lines[2]:-}" arn="${lines[3]:-}"
  if [[ -z "${HOST}" || -z "${PORT}" ]]; then
    fail "${FAILED}" "${CLUSTER:-${RDS}} has no address yet; is it being made?"
  fi
  USER_NAME="${USER_NAME:-${user}}"
  if [[ "${PASSWORD_STORE}" == rds ]]; then
    if [[ -z "${arn}" ]]; then
      fail "${REFUSED}" "${CLUSTER:-${RDS}} has no secret of its own: it does not manage its master password"
    fi
    PASSWORD_STORE=secrets-manager PASSWORD_ID="${arn}"
  fi
  find_ca
}

# read_password: into PASSWORD, never into a file or an argument. A secret is the password itself, or JSON that has it.
read_password() {
  local value="" status=0 user
  case "${PASSWORD_STORE}" in
    given) return 0 ;;
    parameter-store)
      value="$("${AWS[@]}" ssm get-parameter --name "${PASSWORD_ID}" --with-decryption --query Parameter.Value --output text \
        2>"${work}/err")" || status="$?"
      ;;
    secrets-manager)
      value="$("${AWS[@]}" secretsmanager get-secret-value --secret-id "${PASSWORD_ID}" --query SecretString --output text \
        2>"${work}/err")" || status="$?"
      ;;
    *) fail "${REFUSED}" "there is no store of passwords called ${PASSWORD_STORE}" ;;
  esac
  if ((status != 0)); then
    aws_failed "reading the password ${PASSWORD_ID}"
  fi
  PASSWORD="${value}"
  if [[ "${value}" == "{"* ]] && printf '%s' "${value}" | jq -e 'type == "object" and (.password | type == "string")' >/dev/null 2>&1; then
    PASSWORD="$(printf '%s' "${value}" | jq -r .password)"
    user="$(printf '%s' "${value}" | jq -r '.username // ""')"
    USER_NAME="${USER_NAME:-${user}}"
  fi
  if [[ -z "${PASSWORD}" ]]; then
    fail "${REFUSED}" "the password ${PASSWORD_ID} is empty"
  fi
}
PASSWORD=""

# connect READ|WRITE: afterwards psql, pg_dump and the others find the server, the account and the database by themselves.
connect() {
  find_server "$1"
  read_password
  if [[ -z "${USER_NAME}" ]]; then
    fail "${REFUSED}" "it is not known as whom to log in: neither the settings nor the secret have a user"
  fi
  if [[ "${ENGINE}" == postgres ]]; then
    connect_postgres
  else
    connect_mysql
  fi
  PASSWORD=""
}

connect_postgres() {
  local escaped="${PASSWORD//\\/\\\\}" server
  if [[ "${PASSWORD}" == *[$'\r\n']* ]]; then
    fail "${REFUSED}" "the password ${PASSWORD_ID} has more than one line; a file of passwords of PostgreSQL cannot have that"
  fi
  printf '*:*:*:*:%s\n' "${escaped//:/\\:}" >"${keys}/pgpass"
  export PGPASSFILE="${keys}/pgpass" PGHOST="${HOST}" PGPORT="${PORT}" PGUSER="${USER_NAME}" PGDATABASE="${DATABASE}"
  export PGCONNECT_TIMEOUT=15 PGAPPNAME="opsc ${PROGRAM}" PGSSLMODE=prefer PGCLIENTENCODING=UTF8
  unset PGPASSWORD PGOPTIONS PGSERVICE PGSERVICEFILE PGHOSTADDR
  if [[ -n "${RDS}${CLUSTER}" ]]; then
    export PGSSLMODE=verify-full PGSSLROOTCERT="${CA_FILE}"
  elif [[ -n "${TLS}" ]]; then
    export PGSSLMODE="${TLS}"
  fi
  ask "connecting to the database" "${FIRST_DATABASE:-${DATABASE}}" 'SHOW server_version_num'
  number "the version of the server" "${ANSWER}"
  SERVER_VERSION="${NUMBER}"
  server="$((SERVER_VERSION / 10000))"
  use_tools_of "${server}"
}

# use_tools_of MAJOR: an archive is for the pg_restore of its own version or newer, which may say to a server what only
# newer ones know. So those of the server's version are taken where they are installed beside others.
use_tools_of() {
  local folder
  ask_tool
  for folder in "/usr/lib/postgresql/$1/bin" "/usr/pgsql-$1/bin"; do
    if ((TOOL_MAJOR != $1)) && [[ -x "${folder}/pg_dump" && -x "${folder}/pg_restore" ]]; then
      PATH="${folder}:${PATH}"
      hash -r
      ask_tool
    fi
  done
  if ((TOOL_MAJOR < $1)); then
    fail "${MISSING}" "pg_dump ${TOOL_MAJOR} is older than the server, which is PostgreSQL $1; install postgresql-client-$1 or newer"
  fi
}

ask_tool() {
  run pg_dump --version >"${work}/version" 2>"${work}/err" || program_failed "asking pg_dump for its version"
  TOOL="$(<"${work}/version")"
  TOOL_MAJOR="${TOOL#*) }"
  TOOL_MAJOR="${TOOL_MAJOR%%[!0-9]*}"
}
TOOL_MAJOR=""
SERVER_VERSION="" TOOL=""

connect_mysql() {
  local escaped="${PASSWORD//\\/\\\\}"
  local -a options
  MYSQL="$(first_of mariadb mysql)"
  MYSQL_DUMP="$(first_of mariadb-dump mysqldump)"
  escaped="${escaped//\"/\\\"}"
  escaped="${escaped//$'\n'/\\n}"
  escaped="${escaped//$'\r'/\\r}"
  run "${MYSQL_DUMP}" --version >"${work}/version" 2>"${work}/err" || program_failed "asking ${MYSQL_DUMP} for its version"
  TOOL="$(<"${work}/version")"
  options=("[client]" "password=\"${escaped}\"" "default-character-set=utf8mb4")
  if [[ -n "${RDS}${CLUSTER}" ]]; then
    options+=("ssl-ca=\"${CA_FILE}\"")
    if [[ "${TOOL}" == *MariaDB* ]]; then
      options+=(ssl-verify-server-cert)
    else
      options+=("ssl-mode=VERIFY_IDENTITY")
    fi
  fi
  printf '%s\n' "${options[@]}" >"${keys}/my.cnf"
  MYSQL_TO=(--defaults-file="${keys}/my.cnf" --protocol=tcp --host="${HOST}" --port="${PORT}" --user="${USER_NAME}")
  unset MYSQL_PWD MYSQL_HOST MYSQL_TCP_PORT
  ask "connecting to the database" "" 'SELECT VERSION()'
  SERVER_VERSION="${ANSWER}"
}
MYSQL="" MYSQL_DUMP=""
MYSQL_TO=()

# query DATABASE SQL: what the client of this engine writes, unaligned and without names. The SQL is no command of the client.
query() {
  if [[ "${ENGINE}" == postgres ]]; then
    PGDATABASE="$1" run psql --no-psqlrc --no-password --quiet --no-align --tuples-only --field-separator=$'\x1f' \
      --set=ON_ERROR_STOP=1 --command=" $2" </dev/null
  else
    run "${MYSQL}" "${MYSQL_TO[@]}" --connect-timeout=15 --binary-mode --batch --raw --skip-column-names \
      ${1:+--database="$1"} < <(printf '%s\n' "$2")
  fi
}

# ask WHAT DATABASE SQL: the answer is in ANSWER. (In memory: MariaDB tells the hash of a password with the rights.)
ask() {
  if ! query "$2" "$3" >"${keys}/rows" 2>"${work}/err"; then
    program_failed "$1"
  fi
  ANSWER="$(tr -d '\000' <"${keys}/rows")"
}
ANSWER=""

# name_of NAME: quoted as a name in SQL; text_of TEXT: as a string.
name_of() {
  if [[ "${ENGINE}" == postgres ]]; then
    printf '"%s"' "${1//\"/\"\"}"
  else
    # shellcheck disable=SC2016
    printf '`%s`' "${1//\`/\`\`}"
  fi
}

text_of() {
  local hex
  if [[ "${ENGINE}" == postgres ]]; then
    # E'' means the same whatever standard_conforming_strings is.
    hex="${1//\\/\\\\}"
    printf " E'%s'" "${hex//\'/\\\'}"
  else
    hex="$(printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n')"
    printf "CONVERT(X'%s' USING utf8mb4)" "${hex}"
  fi
}

# database_there NAME
database_there() {
  local text
  text="$(text_of "$1")"
  if [[ "${ENGINE}" == postgres ]]; then
    ask "looking for the database $1" "${FIRST_DATABASE}" "SELECT count(*) FROM pg_database WHERE datname = ${text}"
  else
    ask "looking for the database $1" "" "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = ${text}"
  fi
  [[ "${ANSWER}" == 1 ]]
}
# Where statements about whole databases are made; of MySQL none.
FIRST_DATABASE=""
to_the_server() {
  FIRST_DATABASE=""
  if [[ "${ENGINE}" == postgres ]]; then
    FIRST_DATABASE=postgres
  fi
}

# ---- Restoring into a database of its own

# create_database NAME ID: with the encoding and the order that the one of the backup had.
create_database() {
  local name about
  name="$(name_of "$1")"
  about="${work}/manifests/$2/manifest.json"
  if [[ "${ENGINE}" == postgres ]]; then
    ask "creating the database $1" "${FIRST_DATABASE}" "CREATE DATABASE ${name} TEMPLATE template0$(jq -r '.about |
      def text: gsub("\u0027"; "\u0027\u0027") | "\u0027\(.)\u0027";
      (if .encoding then " ENCODING \(.encoding | text)" else "" end) +
      (if .collate then " LC_COLLATE \(.collate | text)" else "" end) + (if .ctype then " LC_CTYPE \(.ctype | text)" else "" end) +
      (if .provider == "i" and .locale then " LOCALE_PROVIDER icu ICU_LOCALE \(.locale | text)"
      elif .provider == "b" and .locale then " LOCALE_PROVIDER builtin BUILTIN_LOCALE \(.locale | text)" else "" end)' "${about}")"
  else
    ask "creating the database $1" "" "CREATE DATABASE ${name}$(jq -r '.about | if (.charset // "" | test("^[a-z0-9_]+$")) and
      (.collate // "" | test("^[a-zA-Z0-9_]+$")) then " CHARACTER SET \(.charset) COLLATE \(.collate)" else "" end' "${about}")"
  fi
}

# load_database NAME OPTIONS...: what read_backup has read.
load_database() {
  local name="$1" own unzip quoted
  shift
  own=0
  if [[ " $* " == *" --no-owner "* ]]; then
    own=1
  fi
  if [[ "${ENGINE}" == postgres ]]; then
    quoted="${name//\\/\\\\}"
    if ! run pg_restore --exit-on-error --no-password "$@" --dbname="dbname='${quoted//\'/\\\'}'" -- "${work}/parts/database.dump" \
      >"${work}/rows" 2>"${work}/err"; then
      program_failed "restoring by pg_restore ${TOOL_MAJOR} into PostgreSQL $((SERVER_VERSION / 10000))"
    fi
    ask "collecting statistics" "${name}" "ANALYZE"
    return 0
  fi
  mkfifo -- "${work}/pipe"
  start unzip_to_pipe "${own}"
  unzip="$!"
  if ! run load_from_pipe "${name}"; then
    load_failed
  fi
  finish "${unzip}" || fail "${FAILED}" "restoring: the dump could not be read to its end"
  rm -f -- "${work}/pipe"
}

# load_failed: what MySQL refuses for a reason that its words do not tell.
load_failed() {
  if grep -q '^ERROR 1419 ' -- "${work}/err"; then
    fail "${REFUSED}" "restoring: the server writes a binary log and does not trust those who make triggers and functions: set log_bin_trust_function_creators = 1 (of RDS: in its parameter group), or restore as an account with SUPER: $(last_line "${work}/err")"
  elif grep -Eq '^ERROR 1227 .*(SUPER|SET USER|SET_USER_ID|SET_ANY_DEFINER)' -- "${work}/err"; then
    fail "${REFUSED}" "restoring: views, triggers, events and routines belong to accounts that this one may not speak for: add --no-owner, and they belong to who restores: $(last_line "${work}/err")"
  fi
  program_failed "restoring"
}

# unzip_to_pipe OWN: with 1 without whose views, triggers, events and routines are: then they are who restores'. Lines
# with data begin with INSERT or a parenthesis, and a line's end in data is written as \n.
unzip_to_pipe() {
  local name='`([^`]|``)*`(@`([^`]|``)*`)?'
  local -a edit=()
  # The first line of MariaDB's dumps is a command that MySQL's client does not know.
  if [[ "${TOOL}" != *MariaDB* ]]; then
    edit+=(-e '1{/enable the sandbox mode/d;}')
  fi
  if (($1)); then
    edit+=(-e "s,^(/\*!50003 CREATE\*/ )/\*!50017 DEFINER=${name}\*/ ,\1,"
      -e "s,^(/\*!50106 CREATE\*/ )/\*!50117 DEFINER=${name}\*/ ,\1,"
      -e "s,^/\*!50013 DEFINER=${name} (SQL SECURITY [A-Z]+ \*/)\$,/*!50013 \4,"
      -e "s,^CREATE DEFINER=${name} ((AGGREGATE )?(FUNCTION|PROCEDURE|PACKAGE) ),CREATE \4,")
  fi
  exec >"${work}/pipe"
  if ((${#edit[@]} == 0)); then
    exec gzip -dc -- "${work}/parts/database.sql.gz"
  fi
  gzip -dc -- "${work}/parts/database.sql.gz" | sed -E "${edit[@]}"
}

load_from_pipe() {
  exec "${MYSQL}" "${MYSQL_TO[@]}" --binary-mode --batch --database="$1" <"${work}/pipe" >"${work}/rows" 2>"${work}/err"
}

# drop_database NAME: status not 0 when it is still there.
drop_database() {
  local name how=""
  name="$(name_of "$1")"
  if [[ "${ENGINE}" == postgres ]] && ((SERVER_VERSION >= 130000)); then
    how=" WITH (FORCE)"
  fi
  if ! query "${FIRST_DATABASE}" "DROP DATABASE IF EXISTS ${name}${how}" >"${work}/rows" 2>"${work}/err"; then
    warn "the database $1 could not be dropped; drop it by hand: $(last_line "${work}/err")"
    return 1
  fi
}

# What is dropped when this run ends before it is whole.
throwaway=""
drop_throwaway() {
  if [[ -n "${throwaway}" ]]; then
    drop_database "${throwaway}"
  fi
}
