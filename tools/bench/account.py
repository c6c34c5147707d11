# SPDX-License-Identifier: MIT
"""Who asks the emulated account of a bench: opsc and Terraform, each as users have them."""
import os

from emulator_support import PROVIDER, access_key


def ours(url):
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": access_key(None),
            "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"}


def theirs(terraform, url):
    # Tests let Go collect less garbage.
    return {**{k: v for k, v in terraform.env.items() if k != "GOGC"}, "AWS_ENDPOINT_URL": url}


def override(root, retries=4):
    """What makes Terraform of `root` ask that account."""
    with open(os.path.join(root, "emulator_override.tf"), "w", encoding="utf-8") as f:
        f.write(PROVIDER.replace('"test"', f'"{access_key(None)}"').replace("max_retries                 = 4", f"max_retries                 = {retries}"))
