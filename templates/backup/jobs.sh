# ---- The jobs, each for itself. The script has said: LOCK_OF, the first word of their locks; FIRST, what is done when no
# option says otherwise; and read_job NAME, which reads the settings of one.

in_job() {
  job="$1"
  children=()
  SECONDS=0
  now="${EPOCHSECONDS}"
  if [[ "${action}" == report ]]; then
    make_work FREE
  else
    take_lock "${LOCK_OF}-${job}"
    make_work LOCKED
  fi
  read_job "${job}"
  "${action}"
}

dry_run=0
action="${FIRST}"
chosen=()
while (($# > 0)); do
  case "$1" in
    --dry-run) dry_run=1 ;;
    --report) action=report ;;
    --check) action=check ;;
    --help | -h)
      usage
      exit 0
      ;;
    -*)
      usage >&2
      fail "${USAGE}" "unknown option: $1"
      ;;
    *) chosen+=("$1") ;;
  esac
  shift
done
for name in "${chosen[@]}"; do
  settings "${name}"
done
if ((${#chosen[@]} == 0)); then
  chosen=("${NAMES[@]}")
fi
need_all "${chosen[@]}"
if [[ "${action}" == check ]]; then
  need_checksums
  exit "$((complete ? 0 : MISSING))"
fi
catch_signals
run_each in_job "${chosen[@]}"
