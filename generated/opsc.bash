# bash completion of opsc. Load it with:  source <(opsc completion bash)
_opsc() {
  local cur="${COMP_WORDS[COMP_CWORD]}" prev="" options="" words=""
  ((COMP_CWORD > 0)) && prev="${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W 'build lint plan apply destroy try drift import coverage iam lock cost prices explain schema catalog init completion version help' -- "${cur}")
    return
  fi
  case "${COMP_WORDS[1]} ${prev}" in
    *' --color') mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "${cur}"); return ;;
    'build --format' | 'lint --format') mapfile -t COMPREPLY < <(compgen -W 'text json sarif github gitlab' -- "${cur}"); return ;;
    'lock --format' | 'catalog --format' | 'version --format') mapfile -t COMPREPLY < <(compgen -W 'text json' -- "${cur}"); return ;;
    'cost --format') mapfile -t COMPREPLY < <(compgen -W 'table json markdown' -- "${cur}"); return ;;
    'coverage --format') mapfile -t COMPREPLY < <(compgen -W 'text json markdown sarif github' -- "${cur}"); return ;;
    'prices --format') mapfile -t COMPREPLY < <(compgen -W 'table json' -- "${cur}"); return ;;
    'iam --format') mapfile -t COMPREPLY < <(compgen -W 'text json terraform' -- "${cur}"); return ;;
    'plan --format' | 'drift --format') mapfile -t COMPREPLY < <(compgen -W 'text json sarif github gitlab markdown' -- "${cur}"); return ;;
    'apply --format' | 'destroy --format') mapfile -t COMPREPLY < <(compgen -W 'text json' -- "${cur}"); return ;;
    'import --service') mapfile -t COMPREPLY < <(compgen -W 'cloudwatch logs sns budgets' -- "${cur}"); return ;;
    *' --output' | *' -o') mapfile -t COMPREPLY < <(compgen -f -- "${cur}"); return ;;
  esac
  case "${COMP_WORDS[1]}" in
    build) options='--help -h --color --format --env -e --var --output -o --check --only --explain --force -f --strict --profile --debug --timeout --import-blocks'; words='' ;;
    lint) options='--help -h --color --format --env -e --var --strict'; words='' ;;
    plan) options='--help -h --color --env -e --var --profile --debug --timeout --format --out --ignore --prune'; words='' ;;
    apply) options='--help -h --color --env -e --var --profile --debug --timeout --ignore --format --yes -y --plan --prune --destroy-data --max-deletes --adopt --lock-timeout --no-lock'; words='' ;;
    destroy) options='--help -h --color --env -e --var --profile --debug --timeout --format --yes -y --destroy-data --max-deletes --lock-timeout --no-lock'; words='' ;;
    try) options='--help -h --color --env -e --var --profile --debug --timeout --ignore --yes -y --for --lock-timeout --no-lock'; words='' ;;
    drift) options='--help -h --color --env -e --var --profile --debug --timeout --format --out --ignore'; words='' ;;
    import) options='--help -h --color --project --region --profile --debug --timeout --output -o --force -f --env -e --prefix --tag --service'; words='' ;;
    coverage) options='--help -h --color --format --fail-under --fail-unwatched --date --live --env -e --var --profile --debug --timeout'; words='' ;;
    iam) options='--help -h --color --env -e --var --format --repository --provider-exists'; words='drift plan apply github' ;;
    lock) options='--help -h --color --format --env -e --var --profile --debug --timeout'; words='show break' ;;
    cost) options='--help -h --color --format --fail-over --diff --fail-increase --env -e --var --prices-since --on'; words='' ;;
    prices) options='--help -h --color --var --check --region --service --from --accept --timeout --format'; words='update show verify' ;;
    explain) options='--help -h --color'; words='' ;;
    schema) options='--help -h --color --reference'; words='' ;;
    catalog) options='--help -h --color --format --env -e --var'; words='list show functions reference' ;;
    init) options='--help -h --color --output -o --project --region --email --ec2 --rds'; words='' ;;
    completion) options='--help -h --color'; words='bash zsh fish' ;;
    version) options='--help -h --color --format'; words='' ;;
    help) options='--help -h --color'; words='' ;;
  esac
  case "${prev}" in
    explain) words='OPS-1001 OPS-1002 OPS-1003 OPS-1004 OPS-1005 OPS-1006 OPS-1007 OPS-1008 OPS-1009 OPS-1010 OPS-1011 OPS-1012 OPS-1013 OPS-1101 OPS-1102 OPS-1103 OPS-1104 OPS-1105 OPS-1106 OPS-1108 OPS-1109 OPS-1110 OPS-1111 OPS-1112 OPS-1113 OPS-1114 OPS-1115 OPS-1116 OPS-1117 OPS-1118 OPS-1201 OPS-1202 OPS-1203 OPS-1204 OPS-1205 OPS-1206 OPS-1207 OPS-1208 OPS-1220 OPS-1221 OPS-1222 OPS-1223 OPS-1224 OPS-1225 OPS-1226 OPS-1227 OPS-1228 OPS-1229 OPS-1230 OPS-1231 OPS-1232 OPS-1233 OPS-1234 OPS-1235 OPS-1236 OPS-1237 OPS-1238 OPS-1239 OPS-1301 OPS-1302 OPS-1303 OPS-1304 OPS-1305 OPS-1306 OPS-1307 OPS-1309 OPS-1310 OPS-1401 OPS-1402 OPS-1403 OPS-1404 OPS-1405 OPS-1406 OPS-1407 OPS-1408 OPS-1409 OPS-1410 OPS-1411 OPS-1412 OPS-1413 OPS-1414 OPS-1415 OPS-1416 OPS-1501 OPS-1502 OPS-1503 OPS-1504 OPS-1505 OPS-1506 OPS-1507 OPS-1508 OPS-1509 OPS-1510 OPS-1601 OPS-1602 OPS-1701 OPS-1702 OPS-1703 OPS-1704 OPS-1705 OPS-1801 OPS-1802 OPS-1803 OPS-1804 OPS-1805 OPS-1901 OPS-1902 OPS-1903 OPS-1904 OPS-1905 OPS-1906 OPS-1907 OPS-1908 OPS-2001 OPS-2002 OPS-2003 OPS-2004 OPS-2101 OPS-2102 OPS-2103 OPS-2104 OPS-2105 OPS-2106 OPS-2107 OPS-2108 OPS-2109 OPS-2110 OPS-2121 OPS-2122 OPS-2201 OPS-2202 OPS-2203 OPS-2204 OPS-2205 OPS-2206 OPS-2207 OPS-2301 OPS-2302 OPS-2303 OPS-2304 OPS-2305 OPS-2306 OPS-2307 OPS-2308 OPS-2401 OPS-2402 OPS-2403 OPS-2404 OPS-2411 OPS-2412 OPS-2413 OPS-2431 OPS-2432 OPS-2433 OPS-2441 OPS-2442 OPS-2443 OPS-2444 OPS-2445 OPS-2446 OPS-2447 OPS-2448 OPS-2449 OPS-2450 OPS-2451 OPS-2452 OPS-2453 OPS-2461 OPS-2501 OPS-2502 OPS-2601 OPS-2602 OPS-2603 OPS-2604 OPS-2605 OPS-2606 OPS-2611 OPS-2612 OPS-2613 OPS-2614 OPS-2615 OPS-2616 OPS-2617 OPS-2618 OPS-2641 OPS-2661' ;;
    show) words='acm alb apigateway app asg backup billing cloudfront drill dynamodb ebs ec2 ecs efs elasticache kinesis lambda mysql nat nlb postgres rds redis route53 s3 scheduler secret sns sqs stepfunctions' ;;
  esac
  if [[ "${cur}" == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "${options}" -- "${cur}")
  elif [[ -n "${words}" ]]; then
    mapfile -t COMPREPLY < <(compgen -W "${words}" -- "${cur}")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "${cur}")
  fi
}
complete -o filenames -F _opsc opsc
