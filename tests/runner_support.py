# SPDX-License-Identifier: MIT
"""What GitHub's runner makes of what a step prints."""
from report import check


def commands(said):
    """What the runner takes as commands: lines that begin with ::, but for those between stop-commands and its word."""
    ret, word = [], None
    for line in map(str.lstrip, said.splitlines()):
        if word is not None:
            word = None if line == f"::{word}::" else word
        elif line.startswith("::stop-commands::"):
            word = line[17:]
        elif line.startswith("::"):
            ret.append(line)
    check(word is None, "commands stay stopped")
    return ret
