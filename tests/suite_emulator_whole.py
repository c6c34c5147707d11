#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""As suite_emulator.py, which runs beside it: the largest example, and a spec with each kind that can be changed behind its back."""
import sys

import drift_changes_json
from emulator_examples import check_all
from terraform_support import examples, need_terraform, scratch


def main():
    terraform = need_terraform("emulator")
    with scratch("others") as tmp:
        others = f"{tmp}/ops.yaml"
        with open(others, "w", encoding="utf-8") as f:
            f.write(drift_changes_json.SPEC)
        check_all(terraform, [*(e for e in examples() if e[0] == "phase4"), ("others", others)])


if __name__ == "__main__":
    sys.exit(main())
