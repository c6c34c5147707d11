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
  # An event would run, in a drill too, and on whatever it names.
  if ((events_off)); then
    edit+=(-e '/^\/\*!50106 CREATE\*\/ /s, PRESERVE ENABLE , PRESERVE DISABLE ,')
  fi
  exec >"${work}/pipe"
  if ((${#edit[@]} == 0)); then
    exec gzip -dc -- "${work}/parts/database.sql.gz"
  fi
  gzip -dc -- "${work}/parts/database.sql.gz" | sed -E "${edit[@]}"
}

events_off=0

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
