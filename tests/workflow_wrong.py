# SPDX-License-Identifier: MIT
"""A workflow that keeps every rule, and of each rule ways to break it: rule -> [(old, new)...]."""

GOOD = """\
name: Test

on:
  pull_request:
  push:
    branches: [main]

permissions: {}

concurrency:
  group: ${{ github.workflow }}-${{ github.event.pull_request.number || github.ref }}
  cancel-in-progress: true

defaults:
  run:
    shell: bash

jobs:
  unit:
    name: Unit tests
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    permissions:
      contents: read
      # The findings are shown under Security.
      security-events: write
    services:
      redis:
        image: redis:8.2.1@sha256:5fa2edb1e408fa8235e6db8fab01d1afaaae96c9403ba67b70feceb8661e8621
    steps:
      - name: Check out
        uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - name: Set up Python
        uses: actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0
        with:
          python-version: "3.11"
      - name: Test
        if: github.event_name == 'pull_request'
        env:
          NAME: ${{ github.ref_name }}
        run: |
          printf '%s\\n' "${NAME}"
          pytest tests/unit

  ci:
    name: CI
    if: always()
    needs: [unit]
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions: {}
    steps:
      - name: Every job succeeded
        env:
          NEEDS: ${{ toJSON(needs) }}
        run: jq -e 'all(.result == "success")' <<<"${NEEDS}"
"""

CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
PYTHON = "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0"
TEST = "pytest tests/unit\n"
VERSION = '          python-version: "3.11"\n'
CONDITION = "github.event_name == 'pull_request'"


def step(*lines):
    """One more step before the tests."""
    return "      - name: Test\n", "".join(f"      {i}\n" for i in lines) + "      - name: Test\n"


PUBLISH = step("- name: Push", "  run: docker push example/api:1")

# rule -> ways to break it, each a list of replacements
WRONG = {
    "yaml": [[("permissions: {}\n\nc", "permissions: {\n\nc")], [("name: Test\n\n", "name: Test\nname: Twice\n\n")]],
    "form": [[(TEST, "pytest\ttests/unit\n")], [("  ci:\n", "  ci: \n")], [("name: CI", "name: C\u00a0I")],
             [(TEST, "pytest 'tests\u202e/unit'\n")], [("\"${NEEDS}\"\n", "\"${NEEDS}\"")], [("\"${NEEDS}\"\n", "\"${NEEDS}\"\n\n")]],
    "anonymous-definition": [[("name: Test\n\n", "")], [("    name: CI\n", "")],
                             [("      - name: Check out\n        uses", "      - uses")]],
    "runs-on": [[("ubuntu-24.04", "ubuntu-latest")], [("ubuntu-24.04", "[self-hosted, linux]")], [("ubuntu-24.04", "self-hosted")]],
    "timeout": [[("    timeout-minutes: 15\n", "")]],
    "shell": [[("    shell: bash\n", "    shell: sh\n")], [("defaults:\n  run:\n    shell: bash\n\n", "")],
              [("        run: |\n", "        shell: pwsh\n        run: |\n")]],
    "concurrency-limits": [[("  cancel-in-progress: true\n", "")],
                           [("concurrency:\n  group: ${{ github.workflow }}-${{ github.event.pull_request.number || github.ref }}\n"
                             "  cancel-in-progress: true\n\n", "")]],
    "excessive-permissions": [[("permissions: {}\n\nc", "permissions: write-all\n\nc")], [("permissions: {}\n\nc", "c")],
                              [("permissions: {}\n\nc", "permissions:\n  contents: read\n\nc")],
                              [("    permissions: {}\n", "    permissions: read-all\n")], [("    permissions: {}\n", "")]],
    "undocumented-permissions": [[("      # The findings are shown under Security.\n", "")],
                                 [("security-events: write", "security-event: write # the findings")],
                                 [("      contents: read\n", "      contents: write\n")]],
    "unpinned-uses": [[(CHECKOUT, "actions/checkout@v7")], [(CHECKOUT, "actions/checkout@3d3c42e # v7.0.1")],
                      [(CHECKOUT, "actions/checkout # v7.0.1")], [(PYTHON, "docker://python:3.11")]],
    "ref-version-mismatch": [[(" # v7.0.1", "")], [("# v7.0.1", "# v7")], [("# v7.0.1", "# v6.0.1")]],
    "action-inputs": [[("python-version:", "python-versions:")], [(PYTHON, "example/unknown@" + "a" * 40 + " # v1.2.3")],
                      [(PYTHON, "aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3"),
                       (VERSION, "          role-to-assume: x\n")]],
    "artipacked": [[("persist-credentials: false", "persist-credentials: true")],
                   [("        with:\n          persist-credentials: false\n", "")]],
    "archived-uses": [[(PYTHON, "actions/setup-ruby@" + "a" * 40 + " # v1.2.3")]],
    "superfluous-actions": [[(PYTHON, "softprops/action-gh-release@" + "a" * 40 + " # v1.2.3")]],
    "misfeature": [[(VERSION, VERSION + "          pip-install: flake8\n")], [("        run: |\n", "        shell: cmd\n        run: |\n")]],
    "cache-poisoning": [
        [PUBLISH, (VERSION, VERSION + "          cache: pip\n")],
        [(TEST, "docker buildx build --tag x --push .\n"),
         (PYTHON, "docker/setup-buildx-action@bb05f3f5519dd87d3ba754cc423b652a5edd6d2c # v4.2.0"), (VERSION, "          driver: docker-container\n")],
        [("    permissions: {}\n", "    environment: production\n    permissions: {}\n"),
         (PYTHON, "actions/setup-go@b7ad1dad31e06c5925ef5d2fc7ad053ef454303e # v7.0.0"), (VERSION, "          go-version: 1.26.x\n")],
        [("    permissions: {}\n", "    environment: production\n    permissions: {}\n"),
         (PYTHON, "actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0"), (VERSION, "          node-version: 24.x\n")],
        [PUBLISH, (PYTHON, "actions/cache@55cc8345863c7cc4c66a329aec7e433d2d1c52a9 # v6.1.0"), (VERSION, "          path: x\n          key: x\n")]],
    "dangerous-triggers": [[("pull_request:\n", "pull_request_target:\n")], [("pull_request:\n", "workflow_run:\n    workflows: [x]\n")]],
    "template-injection": [[('"${NAME}"', '"${{ github.ref_name }}"')], [(TEST, "pytest ${{ env.NAME }}\n")]],
    "bot-conditions": [[(CONDITION, "github.actor == 'dependabot[bot]'")]],
    "insecure-commands": [[("          NAME: ${{", "          ACTIONS_ALLOW_UNSECURE_COMMANDS: true\n          NAME: ${{")],
                          [(TEST, "echo '::set-output name=x::y'\n")]],
    "github-env": [[(TEST, "echo X=y >>\"${GITHUB_ENV}\"\n")], [(TEST, "echo bin >>\"${GITHUB_PATH}\"\n")]],
    "secrets-inherit": [[("    permissions: {}\n    steps:\n", "    permissions: {}\n    secrets: inherit\n    steps:\n")]],
    "overprovisioned-secrets": [[("${{ github.ref_name }}", "${{ toJSON(secrets) }}")], [("${{ github.ref_name }}", "${{ secrets[github.job] }}")]],
    "unredacted-secrets": [[("${{ github.ref_name }}", "${{ fromJSON(secrets.ALL).one }}")]],
    "secrets-outside-env": [[("${{ github.ref_name }}", "${{ secrets.TOKEN }}")]],
    "hardcoded-container-credentials": [[("      redis:\n", "      redis:\n        credentials:\n          username: me\n          password: hunter2\n")]],
    "unpinned-images": [[("@sha256:5fa2edb1e408fa8235e6db8fab01d1afaaae96c9403ba67b70feceb8661e8621", "")], [("redis:8.2.1@", "redis:latest@")],
                        [("redis:8.2.1@", "redis@")]],
    "unsound-condition": [[(CONDITION, "${{ github.event_name }} == 'pull_request'")], [("if: " + CONDITION, "if: |\n          ${{ " + CONDITION + " }}")]],
    "unsound-contains": [[(CONDITION, "contains('refs/heads/main refs/heads/next', github.ref)")]],
    "unsound-ternary": [[("${{ github.ref_name }}", "${{ github.event_name == 'push' && '' || github.head_ref }}")]],
    "obfuscation": [[(CHECKOUT, CHECKOUT.replace("actions/", "actions/x/../"))], [("${{ github.ref_name }}", "${{ format('{0}', github.ref_name) }}")]],
    "adhoc-packages": [[(TEST, t + "\n")] for t in (
        "pip install flake8", "python3 -m pip install -q flake8==7.3.0 black", "npm install prettier", "npx prettier .", "yarn add x",
        "gem install bundler", "go install honnef.co/go/tools/cmd/staticcheck@latest", "cargo install cargo-audit",
        "curl -sSf https://sh.rustup.rs | sh", "pip install -r requirements.txt pytest")],
    "CKV_GHA_3": [[("${{ github.ref_name }}", "${{ secrets.GITHUB_TOKEN }}"), (TEST, "curl -H \"authorization: ${NAME}\" https://example.com\n")]],
    "CKV_GHA_4": [[(TEST, "nc -z localhost 5432\n")], [(TEST, "cat </dev/tcp/localhost/80\n")]],
    "CKV_GHA_7": [[("  pull_request:\n", "  pull_request:\n  workflow_dispatch:\n    inputs:\n      version:\n        required: true\n")]],
    "aggregate": [[("  ci:\n", "  lint:\n    name: Lint\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    permissions: {}\n    steps:\n"
                    "      - name: Lint\n        run: make lint\n\n  ci:\n")]],
}

# What no rule may say anything of.
FINE = [
    [(TEST, t + "\n")] for t in (
        "pip install -r requirements.txt", "pip install --disable-pip-version-check flake8==7.3.0 'bandit[sarif]==1.9.4'", "pip install -e '.[test]'",
        "npm ci", "npx --no-install eslint .", "go install golang.org/x/vuln/cmd/govulncheck@v1.1.4", "python3 -m pip install . && make",
        "cargo install --locked --version 0.22.1 cargo-audit")
] + [
    [("${{ github.ref_name }}", "${{ secrets.GITHUB_TOKEN }}")],
    [("  pull_request:\n", "  pull_request:\n  # checkov:skip=CKV_GHA_7: the first step checks it\n  workflow_dispatch:\n    inputs:\n"
      "      version:\n        required: true\n        description: x\n        type: string\n")],
    [("ubuntu-24.04\n    timeout-minutes: 15", "ubuntu-24.04 # x\n    timeout-minutes: 15 # y")],
    [(CHECKOUT, "actions/checkout@v7 # zizmor: ignore[unpinned-uses,ref-version-mismatch] the newest is what is tried here")],
]
# What the other linters say: part of a message -> [(old, new)...].
LINTERS = {
    "actionlint": {"unexpected key": [("timeout-minutes: 5", "timeouts-minutes: 5")],
                   'input "python-versions"': [("python-version:", "python-versions:")],
                   "unknown Webhook event": [("pull_request:", "pullrequest:")]},
    "github": {"Unrecognized named-value: 'secret'": [("github.ref_name", "secret.x")],
               "expression is not allowed in this context": [("name: Test\n\n", "name: Test ${{ 'x' }}\n\n")],
               "named-value: 'secrets'": [("if: always()", "if: secrets.X == ''")]},
    "shellcheck": {"SC2086": [('"${NAME}"', "${NAME}")], "SC2250": [('"${NAME}"', '"$NAME"')]},
}
