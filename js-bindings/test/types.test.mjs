// SPDX-License-Identifier: GPL-3.0-or-later
// The published types, as a user's compiler and editor see them.
import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import ts from "typescript";
import { root } from "./helpers.mjs";

const usage = join(root, "test/types/usage.ts");
const elements = join(root, "test/types/elements.ts");
const strict = {
  strict: true,
  noEmit: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  target: ts.ScriptTarget.ES2022,
  types: [],
};
const resolutions = {
  "Node's resolution": { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  "a bundler's resolution": { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
  "workerd's condition": {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: ["workerd"],
  },
};

function problems(options, ...files) {
  const program = ts.createProgram([usage, ...files], { ...strict, ...options });
  const ours = program
    .getSourceFiles()
    .filter((file) => file.fileName.startsWith(root) && !file.fileName.includes("/node_modules/"));
  assert.ok(ours.some((file) => file.fileName.endsWith("dist/client.d.ts")));
  const found = [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...ours.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ];
  return found.map((d) => {
    const line = d.file ? d.file.getLineAndCharacterOfPosition(d.start).line + 1 : 0;
    return `${d.file?.fileName}:${line} ${ts.flattenDiagnosticMessageText(d.messageText, " ")}`;
  });
}

for (const [name, options] of Object.entries(resolutions))
  test(`right uses compile and wrong ones do not, under ${name}`, () =>
    assert.deepEqual(problems({ ...options, lib: ["lib.es2023.d.ts", "lib.dom.d.ts"] }, elements), []));

test("Node's own types are enough: the browser's are not needed", () => {
  const options = {
    ...resolutions["Node's resolution"],
    lib: ["lib.es2023.d.ts"],
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
  };
  assert.deepEqual(problems(options), []);
});

test("an editor shows the sentence and the unit of a field, in the input and in the answer", () => {
  const file = join(root, "test/types/hover.ts");
  const text = `import { load } from "dyocense"; const dyo = await load(); const a = await dyo.inventory.eoq({ annual_demand: 1, order_cost: 2 }); a.eoq;`;
  const host = {
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) =>
      name === file
        ? ts.ScriptSnapshot.fromString(text)
        : ts.sys.fileExists(name)
          ? ts.ScriptSnapshot.fromString(ts.sys.readFile(name))
          : undefined,
    getCurrentDirectory: () => root,
    getCompilationSettings: () => ({ ...strict, ...resolutions["Node's resolution"] }),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: ts.sys.readFile,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  };
  const service = ts.createLanguageService(host);
  const shown = (at) =>
    ts.displayPartsToString(service.getQuickInfoAtPosition(file, text.lastIndexOf(at) + 2)?.documentation);
  assert.match(shown("annual_demand"), /^[A-Z].+\. Unit: units\/year/);
  assert.match(shown("a.eoq"), /^[A-Z].+\. Unit: /);
});
