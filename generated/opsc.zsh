#compdef opsc
# zsh completion of opsc. Save it as _opsc in a folder of $fpath.
_opsc() {
  local -a commands=(
    'build:Compile ops.yaml and write what it means.'
    'lint:Check specs and write nothing.'
    'plan:Say what would be created and changed in the account.'
    'apply:Make the account equal to the spec\: create, change and replace.'
    'destroy:Delete what `opsc apply` has made for an environment of the spec.'
    'try:Apply the spec, watch its alarms for a while, and take it back unless you keep it.'
    'drift:Say where the account is not as the spec says; exit with 4 when it is not.'
    'import:Write the operations that an account has as ops.yaml.'
    'coverage:Say which recommended alarms there are, and which are missing.'
    'iam:Show the least permissions that reading or changing the account takes.'
    'lock:Show who holds the lock of an environment, or break it.'
    'cost:Say what the system costs a month.'
    'prices:Take prices from AWS'\''s price list, and show them.'
    'explain:Say what a diagnostic means and what to do.'
    'schema:Print the JSON Schema of ops.yaml, for editors.'
    'catalog:Show the kinds of resources, their metrics, facts and recommended alarms.'
    'init:Write a commented starter spec.'
    'completion:Print what a shell needs to complete opsc'\''s arguments.'
    'version:Print the version.'
    'help:Say how opsc or a command is used.'
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command="${words[2]}"
  shift words
  ((CURRENT--))
  case "${command}" in
    build)
      _arguments \
        '--help[Show this help.]' \
        '--color=[Colour\: auto (a terminal, and NO_COLOR is not set), always or never.]:WHEN:(auto always never)' \
        '--format=[Form of messages\: text, json, sarif, github or gitlab.]:FORMAT:(text json sarif github gitlab)' \
        '--env=[Only this environment.]:NAME:' \
        '*--var=[Set a variable of the spec; may be repeated.]:NAME=VALUE:' \
        '--output=[Where to write (build\: the spec'\''s folder; init\: ops.yaml).]:DIR:_files' \
        '--check[Write nothing; show what is stale and exit with 1 when something is.]' \
        '--only=[Only files whose path begins with PREFIX, such as terraform/.]:PREFIX:' \
        '--explain[Show what was inferred and how each alarm is evaluated; write nothing.]' \
        '--force[Overwrite generated files that were edited by hand.]' \
        '--strict[Warnings are errors.]' \
        '--profile=[The profile of ~/.aws whose credentials are used.]:NAME:' \
        '--debug[Tell on standard error what AWS is asked, and whose credentials are used.]' \
        '--timeout=[Give up when the account is not read after so long (1800).]:SECONDS:' \
        '--import-blocks[Read the account, and have Terraform take over what is there of the spec.]' \
        '*:argument:_files'
      ;;
    lint)
      _arguments \
        '--help[Show this help.]' \
        '--color=[Colour\: auto (a terminal, and NO_COLOR is not set), always or never.]:WHEN:(auto always never)' \
        '--format=[Form of messages\: text, json, sarif, github or gitlab.]:FORMAT:(text json sarif github gitlab)' \
        '--env=[Only this environment.]:NAME:' \
        '*--var=[Set a variable of the spec; may be repeated.]:NAME=VALUE:' \
        '--strict[Warnings are errors.]' \
        '*:argument:_files'
      ;;
    plan)
      _arguments \
        '--help[Show this help.]' \
        '--color=[Colour\: auto (a terminal, and NO_COLOR is not set), always or never.]:WHEN:(auto always never)' \
        '--env=[Only this environment.]:NAME:' \
        '*--var=[Set a variable of the spec; may be repeated.]:NAME=VALUE:' \
        '--profile=[The profile of ~/.aws whose credentials are used.]:NAME:' \
        '--debug[Tell on standard error what AWS is asked, and whose credentials are used.]' \
        '--timeout=[Give up when the account is not read after so long (1800).]:SECONDS:' \
        '--format=[Form\: text, json, sarif, github, gitlab or markdown.]:FORMAT:(text json sarif github gitlab markdown)' \
        '--out=[Write the report to FILE; only the sums are printed.]:FILE:' \
        '--ignore=[What may differ (opsc.drift.yaml beside the spec, when it is there).]:FILE:' \
        '--prune[Delete what is this environment'\''s and not in ops.yaml; plan\: look for all of it.]' \
        '*:argument:_files'
      ;;
    apply)
      _arguments \
        '--help[Show this help.]' \
        '--color=[Colour\: auto (a terminal, and NO_COLOR is not set), always or never.]:WHEN:(auto always never)' \
        '--env=[Only this environment.]:NAME:' \
        '*--var=[Set a variable of the spec; may be repeated.]:NAME=VALUE:' \
        '--profile=[The profile of ~/.aws whose credentials are used.]:NAME:' \
        '--debug[Tell on standard error what AWS is asked, and whose credentials are used.]' \
        '--timeout=[Give up when the account is not read after so long (1800).]:SECONDS:' \
        '--ignore=[What may differ (opsc.drift.yaml beside the spec, when it is there).]:FILE:' \
        '--format=[Form of what was done\: text or json, with --yes.]:FORMAT:(text json)' \
        '--yes[Do it without asking.]' \
        '--plan=[Do what a plan in JSON says, or nothing when the world has moved.]:FILE:' \
        '--prune[Delete what is this environment'\''s and not in ops.yaml; plan\: look for all of it.]' \
        '--destroy-data[Also delete what holds logs, objects, images, secrets or keys.]' \
        '--max-deletes=[Do nothing when more than N would be deleted.]:N:' \
        '--adopt[Take over what has a name of this project'\''s and was not made for it.]' \
        '--lock-timeout=[How long to wait for the lock when somebody else holds it (0).]:SECONDS:' \
        '--no-lock[Take no lock\: nobody else applies meanwhile, says who gives this.]' \
        '*:argument:_files'
      ;;
    destroy)
      _arguments \
        '--help[Show this help.]' \
        '--color=[Colour\: auto (a terminal, and NO_COLOR is not set), always or never.]:WHEN:(auto always never)' \
        '--env=[Only this environment.]:NAME:' \
        '*--var=[Set a variable of the spec; may be repeated.]:NAME=VALUE:' \
        '--profile=[The profile of ~/.aws whose credentials are used.]:NAME:' \
        '--debug[Tell on standard error what AWS is asked, and whose credentials are used.]' \
        '--timeout=[Give up when the account is not read after so long (1800).]:SECONDS:' \
        '--format=[Form of what was done\: text or json, with --yes.]:FORMAT:(text json)' \
        '--yes[Do it without asking.]' \
        '--destroy-data[Also delete what holds logs, objects, images, secrets or keys.]' \
        '--max-deletes=[Do nothing when more than N would be deleted.]:N:' \
        '--lock-timeout=[How long to wait for the lock when somebody else holds it (0).]:SECONDS:' \
        '--no-lock[Take no lock\: nobody else applies meanwhile, says who gives this.]' \
        '*:argument:_files'
      ;;
    try)
      _arguments \
        '--help[Show this help.]' \
        '--color=[Colour\: auto (a terminal, and NO_COLOR is not set), always or never.]:WHEN:(auto always never)' \
        '--env=[Only this environment.]:NAME:' \
        '*--var=[Set a variable of the spec; may be repeated.]:NAME=VALUE:' \
        '--profile=[The profile of ~/.aws whose credentials are used.]:NAME:' \
        '--debug[Tell on standard error what AWS is asked, and whose credentials are used.]' \
        '--timeout=[Give up when the account is not read after so long (1800).]:SECONDS:' \
        '--ignore=[What may differ (opsc.drift.yaml beside the spec, when it is there).]:FILE:' \
        '--yes[Do it without asking.]' \
        '--for=[How long alarms are watched\: 90s, 10m (if it is not given), 1h.]:TIME:' \
        '--lock-timeout=[How long to wait for the lock when somebody else holds it (0).]:SECONDS:' \
        '--no-lock[Take no lock\: nobody else applies meanwhile, says who gives this.]' \
        '*:argument:_files'
      ;;
    drift)
      _arguments \
        '--help[Show this help.]' \
        '--color=[Colour\: auto (a terminal, and NO_COLOR is not set), always or never.]:WHEN:(auto always never)' \
        '--env=[Only this environment.]:NAME:' \
        '*--var=[Set a variable of the spec; may be repeated.]:NAME=VALUE:' \
        '--profile=[The profile of ~/.aws whose credentials are used.]:NAME:' \
        '--debug[Tell on standard error what AWS is asked, and whose credentials are used.]' \
        '--timeout=[Give up when the account is not read after so long (1800).]:SECONDS:' \
        '--format=[Form\: text, json, sarif, github, gitlab or markdown.]:FORMAT:(text json sarif github gitlab markdown)' \
        '--out=[Write the report to FILE; only the sums are printed.]:FILE:' \
        '--ignore=[What may differ (opsc.drift.yaml beside the spec, when it is there).]:FILE:' \
        '*:argument:_files'
      ;;
    import)
      _arguments \
        '--help[Show this help.]' \
        '--color=[Colour\: auto (a terminal, and NO_COLOR is not set), always or never.]:WHEN:(auto always never)' \
        '--project=[Name of the system.]:NAME:' \
        '--region=[AWS region.]:REGION:' \
        '--profile=[The profile of ~/.aws whose credentials are used.]:NAME:' \
        '--debug[Tell on standard error what AWS is asked, and whose credentials are used.]' \
        '--timeout=[Give up when the account is not read after so long (1800).]:SECONDS:' \
        '--output=[The spec that is written (ops.yaml); - is standard output.]:FILE:' \
        '--force[Write over a file that is there.]' \
        '--env=[Name of the environment (production).]:NAME:' \
        '*--prefix=[Only what has a name that begins so; may be repeated.]:PREFIX:' \
        '*--tag=[Only what has this tag; with several, all of them.]:NAME=VALUE:' \
        '*--service=[Only of this service of AWS'\''s; may be repeated.]:NAME:(cloudwatch logs sns budgets)' \
        '*:argument:_files'
      ;;
    coverage)
      _arguments \
        '--help[Show this help.]' \
        '--color=[Colour\: auto (a terminal, and NO_COLOR is not set), always or never.]:WHEN:(auto always never)' \
        '--format=[Form\: text, json, markdown, sarif or github.]:FORMAT:(text json markdown sarif github)' \
        '--fail-under=[Exit with 1 when less than PERCENT of the recommended alarms are there.]:PERCENT:' \
        '--fail-unwatched[Exit with 1 when there is a resource without any alarm; with --live, in the account.]' \
        '--date=[The day of which waivers are judged, in place of today.]:DATE:' \
        '--live[Ask AWS what the account has that ops.yaml has not.]' \
        '--env=[Only this environment.]:NAME:' \
        '*--var=[Set a variable of the spec; may be repeated.]:NAME=VALUE:' \
        '--profile=[The profile of ~/.aws whose credentials are used.]:NAME:' \
        '--debug[Tell on standard error what AWS is asked, and whose credentials are used.]' \
        '--timeout=[Give up when the account is not read after so long (1800).]:SECONDS:' \
        '*:argument:_files'
      ;;
    iam)
      _arguments \
        '--help[Show this help.]' \
        '--color=[Colour\: auto (a terminal, and NO_COLOR is not set), always or never.]:WHEN:(auto always never)' \
        '--env=[Only this environment.]:NAME:' \
        '*--var=[Set a variable of the spec; may be repeated.]:NAME=VALUE:' \
        '--format=[Form\: text, json or terraform.]:FORMAT:(text json terraform)' \
        '--repository=[The repository on GitHub, also as OWNER@ID/NAME@ID; else the spec'\''s.]:OWNER/NAME:' \
        '--provider-exists[The account has GitHub'\''s identity provider already.]' \
        '*:argument:(drift plan apply github)'
      ;;
    lock)
      _arguments \
        '--help[Show this help.]' \
        '--color=[Colour\: auto (a terminal, and NO_COLOR is not set), always or never.]:WHEN:(auto always never)' \
        '--format=[Form\: text or json.]:FORMAT:(text json)' \
        '--env=[Only this environment.]:NAME:' \
        '*--var=[Set a variable of the spec; may be repeated.]:NAME=VALUE:' \
        '--profile=[The profile of ~/.aws whose credentials are used.]:NAME:' \
        '--debug[Tell on standard error what AWS is asked, and whose credentials are used.]' \
        '--timeout=[Give up when the account is not read after so long (1800).]:SECONDS:' \
        '*:argument:(show break)'
      ;;
    cost)
      _arguments \
        '--help[Show this help.]' \
        '--color=[Colour\: auto (a terminal, and NO_COLOR is not set), always or never.]:WHEN:(auto always never)' \
        '--format=[Form\: table, json or markdown.]:FORMAT:(table json markdown)' \
        '--fail-over=[Exit with 1 when it may come to more than AMOUNT, such as $30, a month.]:AMOUNT:' \
        '--diff=[Say what changes since REV, a revision of the spec'\''s git repository.]:REV:' \
        '--fail-increase=[With --diff\: exit with 1 when AMOUNT, such as $5 or 10%, is added.]:AMOUNT:' \
        '--env=[Only this environment.]:NAME:' \
        '*--var=[Set a variable of the spec; may be repeated.]:NAME=VALUE:' \
        '--prices-since=[Exit with 1 when a price was published before DATE, or nobody says when.]:DATE:' \
        '--on=[The day that is asked about\: what has begun by then, or ended, is reckoned so.]:DATE:' \
        '*:argument:_files'
      ;;
    prices)
      _arguments \
        '--help[Show this help.]' \
        '--color=[Colour\: auto (a terminal, and NO_COLOR is not set), always or never.]:WHEN:(auto always never)' \
        '*--var=[Set a variable of the spec; may be repeated.]:NAME=VALUE:' \
        '--check[Write nothing; show what is stale and exit with 1 when something is.]' \
        '*--region=[Of this AWS region, not those of the spec; may be repeated.]:REGION:' \
        '--service=[Only the list of this service of AWS'\''s, such as AmazonEC2.]:CODE:' \
        '--from=[Read SERVICE_REGION.csv in DIR instead of AWS'\''s server.]:DIR:_files' \
        '--accept[Take prices that differ by more than half as well.]' \
        '--timeout=[How long a server may send nothing (30).]:SECONDS:' \
        '--format=[Form of `show`\: table or json.]:FORMAT:(table json)' \
        '*:argument:(update show verify)'
      ;;
    explain)
      _arguments \
        '--help[Show this help.]' \
        '--color=[Colour\: auto (a terminal, and NO_COLOR is not set), always or never.]:WHEN:(auto always never)' \
        '*:argument:(OPS-1001 OPS-1002 OPS-1003 OPS-1004 OPS-1005 OPS-1006 OPS-1007 OPS-1008 OPS-1009 OPS-1010 OPS-1011 OPS-1012 OPS-1013 OPS-1101 OPS-1102 OPS-1103 OPS-1104 OPS-1105 OPS-1106 OPS-1108 OPS-1109 OPS-1110 OPS-1111 OPS-1112 OPS-1113 OPS-1114 OPS-1115 OPS-1116 OPS-1117 OPS-1118 OPS-1201 OPS-1202 OPS-1203 OPS-1204 OPS-1205 OPS-1206 OPS-1207 OPS-1208 OPS-1220 OPS-1221 OPS-1222 OPS-1223 OPS-1224 OPS-1225 OPS-1226 OPS-1227 OPS-1228 OPS-1229 OPS-1230 OPS-1231 OPS-1232 OPS-1233 OPS-1234 OPS-1235 OPS-1236 OPS-1237 OPS-1238 OPS-1239 OPS-1301 OPS-1302 OPS-1303 OPS-1304 OPS-1305 OPS-1306 OPS-1307 OPS-1309 OPS-1310 OPS-1401 OPS-1402 OPS-1403 OPS-1404 OPS-1405 OPS-1406 OPS-1407 OPS-1408 OPS-1409 OPS-1410 OPS-1411 OPS-1412 OPS-1413 OPS-1414 OPS-1415 OPS-1416 OPS-1501 OPS-1502 OPS-1503 OPS-1504 OPS-1505 OPS-1506 OPS-1507 OPS-1508 OPS-1509 OPS-1510 OPS-1601 OPS-1602 OPS-1701 OPS-1702 OPS-1703 OPS-1704 OPS-1705 OPS-1801 OPS-1802 OPS-1803 OPS-1804 OPS-1805 OPS-1901 OPS-1902 OPS-1903 OPS-1904 OPS-1905 OPS-1906 OPS-1907 OPS-1908 OPS-2001 OPS-2002 OPS-2003 OPS-2004 OPS-2101 OPS-2102 OPS-2103 OPS-2104 OPS-2105 OPS-2106 OPS-2107 OPS-2108 OPS-2109 OPS-2110 OPS-2121 OPS-2122 OPS-2201 OPS-2202 OPS-2203 OPS-2204 OPS-2205 OPS-2206 OPS-2207 OPS-2301 OPS-2302 OPS-2303 OPS-2304 OPS-2305 OPS-2306 OPS-2307 OPS-2308 OPS-2401 OPS-2402 OPS-2403 OPS-2404 OPS-2411 OPS-2412 OPS-2413 OPS-2431 OPS-2432 OPS-2433 OPS-2441 OPS-2442 OPS-2443 OPS-2444 OPS-2445 OPS-2446 OPS-2447 OPS-2448 OPS-2449 OPS-2450 OPS-2451 OPS-2452 OPS-2453 OPS-2461 OPS-2501 OPS-2502 OPS-2601 OPS-2602 OPS-2603 OPS-2604 OPS-2605 OPS-2606 OPS-2611 OPS-2612 OPS-2613 OPS-2614 OPS-2615 OPS-2616 OPS-2617 OPS-2618 OPS-2641 OPS-2661)'
      ;;
    schema)
      _arguments \
        '--help[Show this help.]' \
        '--color=[Colour\: auto (a terminal, and NO_COLOR is not set), always or never.]:WHEN:(auto always never)' \
        '--reference[Markdown instead of JSON Schema.]' \
        '*:argument:_files'
      ;;
    catalog)
      _arguments \
        '--help[Show this help.]' \
        '--color=[Colour\: auto (a terminal, and NO_COLOR is not set), always or never.]:WHEN:(auto always never)' \
        '--format=[Form\: text or json.]:FORMAT:(text json)' \
        '--env=[Only this environment.]:NAME:' \
        '*--var=[Set a variable of the spec; may be repeated.]:NAME=VALUE:' \
        '*:argument:(list show functions reference acm alb apigateway app asg backup billing cloudfront drill dynamodb ebs ec2 ecs efs elasticache kinesis lambda mysql nat nlb postgres rds redis route53 s3 scheduler secret sns sqs stepfunctions)'
      ;;
    init)
      _arguments \
        '--help[Show this help.]' \
        '--color=[Colour\: auto (a terminal, and NO_COLOR is not set), always or never.]:WHEN:(auto always never)' \
        '--output=[Where to write (build\: the spec'\''s folder; init\: ops.yaml).]:DIR:_files' \
        '--project=[Name of the system.]:NAME:' \
        '--region=[AWS region.]:REGION:' \
        '--email=[Who is told.]:ADDRESS:' \
        '--ec2=[An EC2 instance to watch.]:ID:' \
        '--rds=[An RDS database to watch.]:ID:' \
        '*:argument:_files'
      ;;
    completion)
      _arguments \
        '--help[Show this help.]' \
        '--color=[Colour\: auto (a terminal, and NO_COLOR is not set), always or never.]:WHEN:(auto always never)' \
        '*:argument:(bash zsh fish)'
      ;;
    version)
      _arguments \
        '--help[Show this help.]' \
        '--color=[Colour\: auto (a terminal, and NO_COLOR is not set), always or never.]:WHEN:(auto always never)' \
        '--format=[Form\: text or json.]:FORMAT:(text json)' \
        '*:argument:_files'
      ;;
    help)
      _arguments \
        '--help[Show this help.]' \
        '--color=[Colour\: auto (a terminal, and NO_COLOR is not set), always or never.]:WHEN:(auto always never)' \
        '*:argument:_files'
      ;;
  esac
}
if [[ "${funcstack[1]}" == _opsc ]]; then
  _opsc "$@"
else
  compdef _opsc opsc
fi
