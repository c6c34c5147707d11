# ---- A release into its place: the same for a deploy and for a rollback. Until the switch the old one serves and nothing
# of it was touched; after it the old one stays until the new one has been seen to serve.

# Free space without which no image is fetched.
readonly ROOM_BYTES=67108864
# What a new release is, where, and how far it has come: undone unless it is done.
NEW_SLOT="" NEW_RELEASE="" NEW_DIGEST=""
switched=0
OLD_RELEASE="" OLD_SLOT=""
old_is_there=0
status_at_end=0

# take_turn RELEASE: one at a time, and who comes second is told who is first.
take_turn() {
  local pid action release who since
  if ((EUID != 0)); then
    fail "${USAGE}" "needs root: sudo ${0}"
  fi
  if ! mkdir -p -- "${STATE_DIR}" || ! exec 9>"${STATE_DIR}/deploy.lock"; then
    fail "${FAILED}" "cannot write to ${STATE_DIR}: is the disk full?"
  fi
  # nginx looks there as another account.
  chmod a+x -- "${STATE_DIR%/*}" "${STATE_DIR}"
  if ! flock -n 9; then
    pid="" action="" release="" who="" since=""
    IFS="${TAB}" read -r pid action release who since <"${HOLDER}" || true
    if [[ "${pid}" =~ ^[0-9]+$ ]] && kill -0 "${pid}" 2>/dev/null; then
      fail "${BUSY}" "${action} of ${release} by ${who} runs since ${since} (pid ${pid}); this one has done nothing"
    fi
    warn "${action:-an earlier run} of ${release:-a release} was killed; waiting for what it had started"
    if ! flock -w 60 9; then
      fail "${BUSY}" "what ${action:-an earlier run} of ${release:-a release} had started still runs; this one has done nothing"
    fi
  fi
  if ! printf '%s\t%s\t%s\t%s\t%s\n' "$$" "${PROGRAM}" "$1" "${by}" "$(utc '%Y-%m-%dT%H:%M:%SZ' -1)" >"${HOLDER}"; then
    fail "${FAILED}" "cannot write to ${STATE_DIR}: is the disk full?"
  fi
}

# check_proxy: whether what listens on the port of the application is the proxy of ours. Right after a reload nginx may
# answer once more by what it had before.
check_proxy() {
  local listener try
  if ((PORT == 0)); then
    return 0
  fi
  for ((try = 1; try <= 3; try++)); do
    ask_well "${PORT}" || true
    if [[ "${FROM}" == "opsc-${NAME}-"[ab] ]]; then
      return 0
    fi
    listener="$(who_listens "${PORT}")"
    if [[ -z "${listener}" ]]; then
      fail "${MISSING}" "nginx does not listen on port ${PORT}: run install.sh, then systemctl restart nginx"
    elif [[ "${listener}" != nginx* ]]; then
      fail "${MISSING}" "port ${PORT} is taken by ${listener}, where nginx is to listen: stop that (a container: ${ENGINE} ps, ${ENGINE} stop NAME), then systemctl restart nginx, and deploy again"
    fi
    run sleep 1
  done
  fail "${MISSING}" "nginx listens on port ${PORT} with another configuration than opsc-${NAME}.conf: run install.sh"
}

# check_room: in the folder where the engine keeps images.
check_room() {
  local root free
  # Braces apart: two of them mean something where this text is made.
  engine "${AT_ONCE_S}" info --format '{''{json .}}' >"${work}/info.json" 2>"${work}/err" || engine_failed "asking ${ENGINE} about itself"
  root="$(jq -r '.DockerRootDir // .store.graphRoot // ""' "${work}/info.json")"
  if [[ -d "${root}" ]]; then
    free="$(free_bytes "${root}")"
    if ((free < ROOM_BYTES)); then
      fail "${FAILED}" "the disk is full: ${root} has ${free} bytes left, and an image needs more than ${ROOM_BYTES}; cleanup_old_data.sh --apply removes old releases"
    fi
  fi
}

# remove CONTAINER SECONDS: told to end, and ended after these seconds.
remove() {
  engine "$(($2 + AT_ONCE_S))" stop -t "$2" "$1" >"${work}/answer" 2>"${work}/err" || true
  engine "${AT_ONCE_S}" rm --force "$1" >"${work}/answer" 2>"${work}/err"
}

# mend: what a run that was killed has left, in the slot that does not serve, goes. What serves is looked at.
mend() {
  local left
  OLD_SLOT="$(serving)"
  NEW_SLOT="$(other "${OLD_SLOT}")"
  left="$(container "${NEW_SLOT}")"
  look "$(container migrate)"
  if [[ "${STATUS}" == running ]]; then
    fail "${BUSY}" "the migration of ${RELEASE_OF} still runs, though its deploy was killed; wait for it, or ${ENGINE} rm -f $(container migrate)"
  elif [[ -n "${STATUS}" ]]; then
    remove "$(container migrate)" 0 || engine_failed "removing $(container migrate)"
  fi
  look "${left}"
  if [[ -n "${STATUS}" ]]; then
    check_own "${left}"
    warn "${left} (${RELEASE_OF}) is left of a run that was killed; it is removed"
    if [[ "${STATUS}" == running ]]; then
      drain "${NEW_SLOT}"
    fi
    remove "${left}" "${STOP_S}" || engine_failed "removing ${left}"
  fi
  look "$(container "${OLD_SLOT}")"
  if [[ -n "${STATUS}" ]]; then
    check_own "$(container "${OLD_SLOT}")"
  fi
  OLD_RELEASE="${RELEASE_OF}"
  if [[ -n "${STATUS}" ]]; then
    old_is_there=1
  fi
  if [[ -n "${STATUS}" && "${STATUS}" != running ]]; then
    warn "${OLD_RELEASE}, which should serve, does not run (${STATUS}, exit status ${EXIT_CODE})"
  fi
  # A run that was killed after its switch has not said so.
  read_record
  if [[ "${DIGEST_OF}" =~ ${DIGEST_PATTERN} && "${RELEASES[0]:-}" != "${OLD_RELEASE}" ]]; then
    record mended "${OLD_RELEASE}" "${DIGEST_OF}" "${OLD_SLOT}" serves || true
  fi
}

check_own() {
  if [[ "${OWNER_OF}" != "${NAME}" ]]; then
    fail "${REFUSED}" "there is a container $1 that is not of this deploy; remove or rename it: ${ENGINE} rename $1 NEW-NAME"
  fi
}

# ---- Starting

# read_secrets: from AWS, by the role of this host, into this process and nowhere else.
read_secrets() {
  local i
  PAIRS=()
  for ((i = 0; i < ${#SECRETS[@]}; i += 3)); do
    read_secret "${SECRETS[i + 1]}" "${SECRETS[i + 2]}"
    PAIRS+=("${SECRETS[i]}=${SECRET}")
  done
  SECRET=""
}
PAIRS=()

# run_image SECONDS OPTIONS... -- ARGUMENTS...: the new image with its environment. Options of the spec come before ours,
# of which the last of a kind counts.
run_image() {
  local seconds="$1" i pair program
  local -a command=("${OPTIONS[@]}") rest=()
  shift
  if [[ -n "${ENV_FILE}" ]]; then
    command+=(--env-file "${ENV_FILE}")
  fi
  for pair in "${VARIABLES[@]}"; do
    command+=(--env "${pair}")
  done
  for ((i = 0; i < ${#SECRETS[@]}; i += 3)); do
    command+=(--env "${SECRETS[i]}")
  done
  while [[ "$1" != -- ]]; do
    command+=("$1")
    shift
  done
  shift
  rest=("$@")
  program="$(command -v "${ENGINE}")"
  run with_secrets "${seconds}" "${program}" run "${command[@]}" --pull never --label "opsc.name=${NAME}" --label "opsc.release=${NEW_RELEASE}" \
    --label "opsc.image=${IMAGE}@${NEW_DIGEST}" "${IMAGE}@${NEW_DIGEST}" "${rest[@]}"
}

# with_secrets SECONDS COMMAND...: they come by a pipe and are the environment of the command, in a shell that has no
# variable of ours which such a name could meet.
with_secrets() {
  local seconds="$1"
  shift
  exec </dev/null
  if ((${#PAIRS[@]} == 0)); then
    timeout --kill-after=10 "${seconds}" "$@" 8>&- 9>&-
    return
  fi
  # shellcheck disable=SC2016
  printf '%s\0' "${PAIRS[@]}" | timeout --kill-after=10 "${seconds}" "${BASH}" -c '
    while IFS= read -r -d "" OPSC_PAIR; do export "${OPSC_PAIR?}" || exit 125; done
    exec "$@" </dev/null' opsc "$@" 8>&- 9>&-
}

migrate() {
  local status=0
  local -a options=(--rm --name "$(container migrate)" --entrypoint /bin/sh)
  if [[ -z "${MIGRATE}" ]]; then
    return 0
  fi
  warn "migrating: ${MIGRATE//[[:cntrl:]]/ }"
  if [[ "${NETWORK}" == host ]]; then
    options+=(--network host)
  fi
  run_image "${MIGRATE_S}" "${options[@]}" -- -c "${MIGRATE}" >"${work}/migrate" 2>&1 || status="$?"
  sed -e 's/[[:cntrl:]]/ /g' -e "s/^/${PROGRAM}: | /" <(tail -c 8192 -- "${work}/migrate" | tr -d '\000') >&2
  if ((status == 124 || status == 137)); then
    fail "${FAILED}" "the migration has not ended within ${MIGRATE_S} seconds"
  elif ((status != 0)); then
    fail "${FAILED}" "the migration failed with status ${status}"
  fi
}

# check_slot: nobody may listen where the new one is to: it would be the stranger that is asked, found well and given the
# traffic. What a container has left of itself there is given some time to go.
check_slot() {
  local port listener try
  if ((PORT == 0)); then
    return 0
  fi
  port="$(port_of "${NEW_SLOT}")"
  for ((try = 1; try <= 3; try++)); do
    if [[ -z "$(ss -Hltn "sport = :${port}")" ]]; then
      return 0
    fi
    run sleep 1
  done
  listener="$(who_listens "${port}")"
  fail "${MISSING}" "port ${port} of slot ${NEW_SLOT} is taken by ${listener:-a program that ss cannot name}: stop that, or give slot_port another value and run install.sh"
}

start_new() {
  local policy=unless-stopped
  local -a options=(--detach --name "$(container "${NEW_SLOT}")" --label "opsc.slot=${NEW_SLOT}")
  # That of podman starts at boot what has this one.
  if [[ "${ENGINE}" == podman ]]; then
    policy=always
  fi
  options+=(--restart "${policy}")
  if [[ "${NETWORK}" == host ]]; then
    options+=(--network host)
  fi
  if ((PORT > 0)) && [[ "${NETWORK}" == host ]]; then
    options+=(--env "PORT=$(port_of "${NEW_SLOT}")")
  elif ((PORT > 0)); then
    options+=(--publish "127.0.0.1:$(port_of "${NEW_SLOT}"):${PORT}")
  fi
  warn "starting ${NEW_RELEASE} in slot ${NEW_SLOT}"
  run_image "${AT_ONCE_S}" "${options[@]}" -- >"${work}/answer" 2>"${work}/err" || engine_failed "starting ${NEW_RELEASE}"
}

# ---- Health

# died: whether the new one has ended since it was started; then WHY.
died() {
  look "$(container "${NEW_SLOT}")"
  WHY=""
  if [[ -z "${STATUS}" ]]; then
    WHY="its container is gone"
  elif [[ "${STATUS}" != running ]]; then
    WHY="it ended with exit status ${EXIT_CODE}"
  elif ((RESTARTS > 0)); then
    WHY="it ended, and was started again"
  fi
  [[ -n "${WHY}" ]]
}
WHY=""

# pause SECONDS: ends at once when the new one has died.
pause() {
  local left
  for ((left = $1; left > 0; left--)); do
    run sleep 1
    if died; then
      fail "${FAILED}" "${NEW_RELEASE} has died: ${WHY}"
    fi
  done
}

# wait_until_well: two good answers, one after the other, so that one that dies right away gets no traffic.
wait_until_well() {
  local try good=0 port
  port="$(port_of "${NEW_SLOT}")"
  if ((PORT == 0)); then
    wait_worker
    return
  fi
  for ((try = 1; try <= RETRIES || good == 1; try++)); do
    if ask_well "${port}"; then
      good=$((good + 1))
    else
      good=0
    fi
    if ((good == 2 || try >= RETRIES)) && died; then
      fail "${FAILED}" "${NEW_RELEASE} has died: ${WHY}"
    elif ((good == 2)); then
      warn "${NEW_RELEASE} is well: ${SAID} in ${TOOK_S} s"
      return 0
    elif ((try < RETRIES || good == 1)); then
      pause "${EVERY_S}"
    fi
  done
  fail "${FAILED}" "${NEW_RELEASE} is not well after $((try - 1)) questions: ${SAID} at ${HEALTH_PATH}, not ${HEALTH_STATUS}"
}

# A worker is not asked: it has to stay up for the time that the questions would take, and not more than a minute.
wait_worker() {
  local seconds="$((RETRIES * EVERY_S))"
  pause "$((seconds > 60 ? 60 : seconds))"
  warn "${NEW_RELEASE} has stayed up"
}

# ---- The switch

# check_served: through the port of the application, and that it was the new slot that answered.
check_served() {
  local try
  if ((PORT == 0)); then
    return 0
  fi
  for ((try = 1; try <= 3; try++)); do
    if ask_well "${PORT}" && [[ "${FROM}" == "$(container "${NEW_SLOT}")" ]]; then
      return 0
    fi
    run sleep 1
  done
  if [[ -n "${FROM}" && "${FROM}" != "$(container "${NEW_SLOT}")" ]]; then
    fail "${FAILED}" "nginx still asks $(container "${OLD_SLOT}"): may its account look into ${STATE_DIR}? (SELinux: ausearch -m avc -c nginx)"
  fi
  fail "${FAILED}" "through port ${PORT} ${NEW_RELEASE} is not well: ${SAID}"
}

# drain SLOT: until nobody is connected to it any more; two looks, as nginx may be between deciding and connecting.
drain() {
  local port connected=0 clear=0 end="$((SECONDS + DRAIN_S))"
  if ((PORT == 0)); then
    return 0
  fi
  port="$(port_of "$1")"
  while ((clear < 3)); do
    if ss -Htn state established state syn-sent dst "127.0.0.1:${port}" >"${work}/connected" 2>"${work}/err"; then
      connected="$(wc -l <"${work}/connected")"
    else
      connected=1
    fi
    if ((connected > 0)); then
      clear=0
      if ((SECONDS >= end)); then
        warn "${connected} requests have not ended after ${DRAIN_S} seconds; they are cut"
        return 0
      fi
    else
      clear=$((clear + 1))
    fi
    run sleep 0.2
  done
}

# undo_release: run at the end of a run that has not come to its end.
undo_release() {
  local new serves="${OLD_RELEASE:-none}"
  new="$(container "${NEW_SLOT}")"
  trap '' PIPE
  if ((switched)); then
    switch_to "${OLD_SLOT}"
    warn "switched back to ${serves}"
    drain "${NEW_SLOT}"
  fi
  show_logs "${new}"
  engine "${AT_ONCE_S}" rm --force --time 0 "${new}" >"${work}/answer" 2>&1 || engine "${AT_ONCE_S}" rm --force "${new}" >"${work}/answer" 2>&1
  engine "${AT_ONCE_S}" rm --force "$(container migrate)" >"${work}/answer" 2>&1
  record "${PROGRAM}" "${NEW_RELEASE}" "${NEW_DIGEST}" "${NEW_SLOT}" failed || warn "the failure could not be recorded in ${RECORD}"
  warn "${NEW_RELEASE} was not put in place; the release that serves is unchanged: ${serves}"
}

# end_of_serving: of a run whose release serves. Whatever stops it then, an engine that does not answer or a signal, came
# after that.
end_of_serving() {
  local status="$?"
  set +e
  if ((status != 0)) && [[ -z "${undo}" ]]; then
    status="${AFTERWARDS}"
  fi
  (exit "${status}")
  clean_up
}

# place: starts NEW_RELEASE, and gives it the traffic when it is well.
place() {
  local old
  old="$(container "${OLD_SLOT}")"
  check_slot
  start_new
  wait_until_well
  switched=1
  switch_to "${NEW_SLOT}" || fail "${FAILED}" "cannot write to ${STATE_DIR}: is the disk full?"
  check_served
  warn "${NEW_RELEASE} has the traffic"
  drain "${OLD_SLOT}"
  if died; then
    fail "${FAILED}" "${NEW_RELEASE} has died: ${WHY}"
  fi
  # From here on nothing is undone any more, and no status says that the old one serves.
  trap end_of_serving EXIT
  undo=""
  if ! record "${PROGRAM}" "${NEW_RELEASE}" "${NEW_DIGEST}" "${NEW_SLOT}" serves; then
    warn "${NEW_RELEASE} serves, but that could not be recorded in ${RECORD}: is the disk full?"
    status_at_end="${AFTERWARDS}"
  fi
  stop_old "${old}"
}

stop_old() {
  local seconds="${STOP_S}"
  if ((PORT == 0)); then
    seconds="${DRAIN_S}"
  fi
  if ((old_is_there)) && ! remove "$1" "${seconds}"; then
    warn "the old release could not be removed, the next run tries again: $(last_line "${work}/err")"
    status_at_end="${AFTERWARDS}"
  fi
}
