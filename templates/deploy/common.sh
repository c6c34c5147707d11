# ---- What the scripts of deploys have in common: settings, slots, the record of releases.

readonly APP={{app|shell}}
# The image without tag and digest, and where a login for it is.
readonly IMAGE={{image|shell}}
readonly REGISTRY={{registry|shell}}
readonly REGISTRY_REGION={{registry_region|shell}}
readonly REGISTRY_HOST="${IMAGE%%/*}"
readonly ENGINE={{engine|shell}}
readonly NETWORK={{network|shell}}
# 0: a worker, which nobody asks and which has no proxy.
readonly PORT={{port|shell}}
readonly PORT_A={{port_a|shell}}
readonly PORT_B={{port_b|shell}}
readonly HEALTH_PATH={{health_path|shell}}
readonly HEALTH_HOST={{health_host|shell}}
readonly HEALTH_STATUS={{health_status|shell}}
readonly HEALTH_TIMEOUT_S={{health_timeout|shell}}
readonly RETRIES={{retries|shell}}
readonly EVERY_S={{every|shell}}
readonly DRAIN_S={{drain|shell}}
readonly KEEP={{keep|shell}}
readonly MIGRATE={{migrate|shell}}
readonly ENV_FILE={{env_file|shell}}
# More options of the engine's run.
readonly -a OPTIONS=(
  {{options|block}}
)
# NAME=value
readonly -a VARIABLES=(
  {{variables|block}}
)
# Variable, store, and what it is called there.
readonly -a SECRETS=(
  {{secrets|block}}
)
# Where nginx looks.
readonly SLOT_FILE="/var/lib/opsc/${NAME}/slot-b"
readonly RECORD="${STATE_DIR}/releases"
readonly HOLDER="${STATE_DIR}/deploy.holder"
readonly RELEASE_PATTERN='^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$'
readonly DIGEST_PATTERN='^sha256:[0-9a-f]{64}$'
readonly BY_PATTERN='^[A-Za-z0-9][A-Za-z0-9._@/:+-]{0,127}$'
# So long an engine may take for what it does at once, for an image, and for what `migrate` does.
readonly AT_ONCE_S=120
readonly PULL_S={{pull_at_most|shell}}
readonly MIGRATE_S={{migrate_at_most|shell}}
# So long a container may take to end when it is told to.
readonly STOP_S=10
readonly TAB=$'\t'

# need_engine: and what else each of these scripts needs.
need_engine() {
  local command
  for command in "${ENGINE}" jq flock timeout; do
    need "${command}"
  done
  if ((PORT > 0)); then
    for command in curl nginx ss; do
      need "${command}"
    done
  fi
  if ((${#SECRETS[@]} > 0)) || [[ "${REGISTRY}" == ecr ]]; then
    need aws
  fi
}

# make_run_folder: ${work}, in memory and 0700; what killed runs left of it, and of those without a lock, goes. Only who has
# the lock may.
make_run_folder() {
  work="/run/opsc-${NAME}-deploy"
  catch_signals
  remove_left /run
  rm -rf -- "${work}"
  mkdir -- "${work}"
}

# ---- The engine

# engine SECONDS ARGUMENTS...: in the background, so that a signal is answered. What it starts does not inherit the lock,
# nor a way to who reads what is said; the shell that waits for it does, so that the lock is held while something is done, also when this script was killed.
engine() {
  run engine_within "$@"
}

engine_within() {
  local seconds="$1"
  shift
  timeout --kill-after=10 "${seconds}" "${ENGINE}" "$@" </dev/null 8>&- 9>&-
}

# engine_failed WHAT: in words what it wrote to ${work}/err.
engine_failed() {
  local said
  said="$(last_line "${work}/err")"
  case "${said}" in
    *"annot connect to the Docker daemon"* | *"docker daemon running"*)
      fail "${MISSING}" "$1: Docker does not run; systemctl start docker: ${said}"
      ;;
    *"no space left on device"* | *"No space left on device"*)
      fail "${FAILED}" "$1: the disk is full; free some: cleanup_old_data.sh --apply removes old releases: ${said}"
      ;;
    *) fail "${FAILED}" "$1: ${said:-${ENGINE} failed and did not say why}" ;;
  esac
}

# look CONTAINER: what there is of it: STATUS ("running", "exited", ...; "" when there is none) and the rest.
look() {
  local line
  STATUS="" RESTARTS=0 EXIT_CODE=0 RELEASE_OF="" DIGEST_OF="" OWNER_OF=""
  if ! engine "${AT_ONCE_S}" container inspect "$1" >"${work}/container.json" 2>"${work}/err"; then
    if grep -Eiq 'no such container|no container with name' -- "${work}/err"; then
      return 0
    fi
    engine_failed "looking at $1"
  fi
  line="$(jq -r '.[0] | (.Config.Labels // {}) as $labels | [.State.Status // "", .RestartCount // 0, .State.ExitCode // 0,
    $labels["opsc.release"] // "", $labels["opsc.image"] // "", $labels["opsc.name"] // ""] | map(tostring) | join("\t")' \
    "${work}/container.json")"
  # Tabs next to each other would count as one.
  IFS='|' read -r STATUS RESTARTS EXIT_CODE RELEASE_OF DIGEST_OF OWNER_OF <<<"${line//"${TAB}"/|}"
  DIGEST_OF="${DIGEST_OF##*@}"
}
STATUS="" RESTARTS=0 EXIT_CODE=0 RELEASE_OF="" DIGEST_OF="" OWNER_OF=""

# container SLOT
container() {
  printf 'opsc-%s-%s' "${NAME}" "$1"
}

# port_of SLOT
port_of() {
  if [[ "$1" == a ]]; then
    printf '%s' "${PORT_A}"
  else
    printf '%s' "${PORT_B}"
  fi
}

other() {
  if [[ "$1" == a ]]; then
    printf 'b'
  else
    printf 'a'
  fi
}

# serving: the slot that gets traffic, or, of a worker, that counts.
serving() {
  if [[ -f "${SLOT_FILE}" ]]; then
    printf 'b'
  else
    printf 'a'
  fi
}

# switch_to SLOT: one operation on one file, which is on the disk before the old one is stopped: after a loss of power nginx
# must not ask a slot whose container is gone.
switch_to() {
  if [[ "$1" == b ]]; then
    : >"${SLOT_FILE}" || return 1
    chmod 0644 -- "${SLOT_FILE}"
  else
    rm -f -- "${SLOT_FILE}" || return 1
  fi
  run sync -- "${SLOT_FILE%/*}" || true
}

# show_logs CONTAINER: what it said last.
show_logs() {
  local line
  if engine "${AT_ONCE_S}" logs --tail 30 "$1" >"${work}/logs" 2>&1; then
    while IFS= read -r line || [[ -n "${line}" ]]; do
      printf '%s: | %s\n' "${PROGRAM}" "${line//[[:cntrl:]]/ }" >&2
    done < <(tail -c 8192 -- "${work}/logs" | tr -d '\000')
  fi
}

# ---- Health

# ask_well PORT: asks as the probe of this host does. SAID and TOOK_S; whose answer it was in FROM. Status 1: not well.
ask_well() {
  local code answer
  local -a header=(--header "Opsc-Ask: 1")
  if [[ -n "${HEALTH_HOST}" ]]; then
    header+=(--header "Host: ${HEALTH_HOST}")
  fi
  # --disable: no file of root's says otherwise. --globoff: brackets and braces in the path are a part of it. A status without the rest in time is no answer.
  answer="$(curl --disable --silent --globoff --output /dev/null --max-time "${HEALTH_TIMEOUT_S}" "${header[@]}" --dump-header "${work}/headers" \
    --noproxy '*' --write-out '%{http_code} %{time_total}' "http://127.0.0.1:$1${HEALTH_PATH}" 8>&- 9>&-)" || answer="000 0 $?"
  read -r code TOOK_S answer <<<"${answer}"
  FROM=""
  if [[ -s "${work}/headers" ]]; then
    FROM="$(tr -d '\r' <"${work}/headers" | awk 'tolower($1) == "opsc-slot:" { print $2 }')"
  fi
  case "${code}:${answer}" in
    000:7) SAID="nobody listens on port $1" ;;
    000:28) SAID="no answer within ${HEALTH_TIMEOUT_S} seconds" ;;
    000:*) SAID="the connection was cut" ;;
    *) SAID="status ${code}" ;;
  esac
  # One status, or the first and the last one.
  [[ "${code}" =~ ^[1-5][0-9][0-9]$ && "${code}" -ge "${HEALTH_STATUS%-*}" && "${code}" -le "${HEALTH_STATUS#*-}" ]]
}
SAID="" TOOK_S=0 FROM=""

# who_listens PORT: in words, for people; nothing when nobody does.
who_listens() {
  ss -Hltnp "sport = :$1" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\),.*/\1 (pid \2)/p' | head -n 1
}

# ---- The record: time, action, release, image@digest, slot, result, by; apart by tabs, a line for each event.

record() {
  local line
  printf -v line '%s\t%s\t%s\t%s\t%s\t%s\t%s' "$(utc '%Y-%m-%dT%H:%M:%SZ' -1)" "$1" "$2" "${IMAGE}@$3" "$4" "$5" "${by}"
  # On a full disk half of a line may have been written.
  if [[ -s "${RECORD}" && -n "$(tail -c 1 -- "${RECORD}")" ]]; then
    printf '\n' >>"${RECORD}" || return 1
  fi
  printf '%s\n' "${line}" >>"${RECORD}"
}
# Who or what it is done for: what --by says, or whose sudo it is.
by="${SUDO_USER:-${LOGNAME:-root}}"

# check_by: fields of the record are never empty, and hold no tabs.
check_by() {
  if [[ ! "${by}" =~ ${BY_PATTERN} ]]; then
    fail "${USAGE}" "who it is done for is named with letters, digits and ._@/:+-"
  fi
}

# read_record: what there is of each release that has served, newest first: RELEASES, and DIGESTS by release. And all
# digests that were ever to be run here, in SEEN, newest first.
read_record() {
  local at action release image slot result who digest
  local -A known=()
  RELEASES=() SEEN=()
  DIGESTS=() WHEN=()
  if [[ ! -s "${RECORD}" ]]; then
    return 0
  fi
  while IFS="${TAB}" read -r at action release image slot result who; do
    digest="${image##*@}"
    if [[ ! "${release}" =~ ${RELEASE_PATTERN} || ! "${digest}" =~ ${DIGEST_PATTERN} || -z "${who}" ]]; then
      continue
    fi
    if [[ -z "${known[${digest}]:-}" && "${image%@*}" == "${IMAGE}" ]]; then
      known["${digest}"]=1
      SEEN+=("${digest}")
    fi
    if [[ "${result}" == serves && -z "${DIGESTS[${release}]:-}" && "${image%@*}" == "${IMAGE}" ]]; then
      RELEASES+=("${release}")
      DIGESTS["${release}"]="${digest}"
      WHEN["${release}"]="${at}"
    fi
  done < <(tac -- "${RECORD}")
}
RELEASES=() SEEN=()
declare -A DIGESTS=() WHEN=()

# find_images: LOCAL, the digests of images of the application that are here.
find_images() {
  local digest
  local -a ids
  LOCAL=()
  engine "${AT_ONCE_S}" images --quiet --no-trunc "${IMAGE}" >"${work}/ids" 2>"${work}/err" || engine_failed "looking for images"
  mapfile -t ids < <(sort -u -- "${work}/ids")
  if ((${#ids[@]} == 0)); then
    return 0
  fi
  engine "${AT_ONCE_S}" image inspect "${ids[@]}" >"${work}/images.json" 2>"${work}/err" || engine_failed "looking at images"
  while IFS= read -r digest; do
    LOCAL["${digest##*@}"]=1
  done < <(jq -r '.[].RepoDigests // [] | .[]' "${work}/images.json")
}
declare -A LOCAL=()
