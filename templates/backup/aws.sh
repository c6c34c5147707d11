# ---- What is in AWS of backups

# publish NAME VALUE UNIT...: status not 0 when CloudWatch does not take it.
publish() {
  local -a values=()
  local name
  while (($# > 0)); do
    for name in "${PUBLISHED[@]}"; do
      if [[ "${name}" == all || "${name}" == "$1" ]]; then
        values+=("$1" "$2" "$3")
      fi
    done
    shift 3
  done
  if ((${#values[@]} == 0)); then
    return 0
  fi
  jq -n '[$ARGS.positional | range(0; length; 3) as $i |
    {MetricName: .[$i], Value: (.[$i + 1] | tonumber), Unit: .[$i + 2]}]' --args "${values[@]}" >"${work}/metrics.json"
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
