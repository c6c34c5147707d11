// SPDX-License-Identifier: MIT
// Asks markdownlint about pages. stdin: JSON {name: text}; stdout: JSON {name: [{line, rule, what}]}.
import fs from "node:fs";
import { lint } from "markdownlint/sync";

// Lines are as long as sentences; lists of steps may number each 1.
const config = { default: true, MD013: false, MD024: { siblings_only: true } };
const strings = JSON.parse(fs.readFileSync(0, "utf8"));
const found = lint({ strings, config });
const said = (problem) => ({
  line: problem.lineNumber,
  rule: problem.ruleNames[0],
  what: `${problem.ruleDescription} ${problem.errorDetail ?? ""} ${problem.errorContext ?? ""}`,
});
const names = Object.keys(strings);
process.stdout.write(JSON.stringify(Object.fromEntries(names.map((name) => [name, found[name].map(said)]))));
