// SPDX-License-Identifier: GPL-3.0-or-later
// Kubernetes objects held against the API's own schemas: package kubernetes-types has them as types, printed from the OpenAPI description,
// and the TypeScript compiler refuses in a literal what a type does not have, lacks, or has otherwise.
import { createRequire } from "node:module";
import { join } from "node:path";
import { bindingsDir, root } from "./project.mjs";

const ts = createRequire(join(bindingsDir, "package.json"))("typescript");

/** The module of an API's version: apps/v1, networking.k8s.io/v1, and v1, which is the core's. */
const moduleOf = (apiVersion) => {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["core", apiVersion];
  return `kubernetes-types/${group.split(".")[0]}/${version}`;
};

/** What the schemas say against each of the objects: a list of sentences for each, which is empty where they say nothing. */
export function complaints(objects) {
  const file = join(root, "tests/manifests.ts"); // one line an object; it is nowhere but here
  const text = objects.map((o, i) => `export const o${i}: import("${moduleOf(o.apiVersion)}").${o.kind} = ${JSON.stringify(o)};`).join("\n");
  const options = { strict: true, noEmit: true, skipLibCheck: true, types: [], lib: ["lib.es5.d.ts"], module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...more) => (name === file ? ts.createSourceFile(name, text, ...more) : getSourceFile(name, ...more));
  const said = objects.map(() => []);
  for (const d of ts.getPreEmitDiagnostics(ts.createProgram([file], options, host))) {
    const sentence = ts.flattenDiagnosticMessageText(d.messageText, " ");
    if (d.file?.fileName !== file) throw new Error(sentence);
    said[d.file.getLineAndCharacterOfPosition(d.start).line].push(sentence);
  }
  return said;
}
