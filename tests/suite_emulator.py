#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The Terraform of every example but the largest applied to an AWS that is not there (emulator_examples.py)."""
import sys

from emulator_examples import check_all
from terraform_support import examples, need_terraform

if __name__ == "__main__":
    sys.exit(check_all(need_terraform("emulator"), [e for e in examples() if e[0] != "phase4"]))
