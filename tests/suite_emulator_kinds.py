#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""opsc against the emulator, without Terraform: the kinds that no example has as whole, each changed behind its back; a thousand
alarms; accounts that others made, imported."""
import collections
import glob
import os
import sys

import drift_changes_rest
import drift_scale
import iam_policies
import import_accounts
from emulator_examples import asks_of, check_reading
from emulator_support import access_key, aws_clients, emulator, make_databases
from terraform_support import fail, verdict


def check_rest(server, tmp, seen):
    """The kinds that Terraform would take minutes to make here, or that are in no example as whole."""
    account = drift_changes_rest.ACCOUNT
    client = aws_clients(server.url, account)
    if client is None:
        print("skip-missing each-drift-rest: boto3 is not there (pip install boto3)", flush=True)
        return
    try:
        tried = drift_changes_rest.try_all(os.path.join(tmp, "rest"), server, access_key(account), client)
        print(f"    kinds of REST services: {tried} changes behind its back, each found and nothing else", flush=True)
        verdict("each-drift-rest", [] if tried > 130 else [f"only {tried} were tried"])
    except AssertionError as e:
        fail("each-drift-rest", e)
    told = server.watched()
    seen.update(told["calls"])
    verdict("requests-rest", sorted(set(told["wrong"])) if told["calls"] else ["no request of opsc's was seen"])
    specs = sorted(glob.glob(os.path.join(tmp, "rest", "*", "ops.yaml")))
    allowed = {what: {"policies": [p for spec in specs for p in iam_policies.iam(spec, what)["policies"]]} for what in ("drift", "apply")}
    check_reading("rest", told["asked"], allowed["drift"], account, {"cloudwatch", "iam", "sns"})
    refused, used = iam_policies.Policies(allowed["apply"]).refused(asks_of(told["asked"], "apply"), account)
    verdict("opsc-apply-is-allowed-rest", [f"not allowed: {a}" for a in refused] if len(used) > 10 else ["nothing was asked for"])


def check_scale(server, tmp, seen):
    account = "123456789012"
    client = aws_clients(server.url, account)
    if client is None:
        print("skip-missing drift-of-1000-alarms: boto3 is not there (pip install boto3)", flush=True)
        return
    problems, told = drift_scale.check(os.path.join(tmp, "scale"), server, access_key(account), client)
    seen.update(told.get("calls", {}))
    print(f"    1,000 alarms: {told.get('total')} calls, and {told.get('throttled')} that were refused as too fast first", flush=True)
    verdict("drift-of-1000-alarms", problems)


def check_imports(server, tmp, seen):
    """Accounts that others made: what opsc import writes of each, and that a plan of it is empty."""
    if aws_clients(server.url) is None:
        print("skip-missing imports: boto3 is not there (pip install boto3)", flush=True)
        return
    for i, (label, make) in enumerate((("by-hand", import_accounts.by_hand), ("constructs", import_accounts.by_constructs))):
        account = f"11122233344{i}"
        made = make(aws_clients(server.url, account), make_databases)
        try:
            import_accounts.import_and_check(server.url, access_key(account), os.path.join(tmp, "imports", label), made, label)
            verdict(f"import-{label}", [])
        except AssertionError as e:
            fail(f"import-{label}", e)
    try:
        verdict("import-choices", import_accounts.choices(server.url, access_key("111222333440"), os.path.join(tmp, "imports")))
    except AssertionError as e:
        fail("import-choices", e)
    told = server.watched()
    seen.update(told["calls"])
    verdict("requests-of-import", sorted(set(told["wrong"])) if told["calls"] else ["no request of opsc's was seen"])


def main():
    seen = collections.Counter()
    with emulator("kinds") as (server, tmp):
        check_rest(server, tmp, seen)
        check_scale(server, tmp, seen)
        check_imports(server, tmp, seen)
    print(f"    {sum(seen.values())} requests of opsc's ({len(seen)} operations) are as AWS's models say, and signed as botocore signs")


if __name__ == "__main__":
    sys.exit(main())
