// What can be told of the snippets that no test runs (they want systemd, containers, another company's server): the shell takes them, and
// the commands, flags, operations, routes, presets, units, files and tables that they name are there.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { nativePath, operations, root, run } from "./project.mjs";

const read = (file) => readFileSync(join(root, file), "utf8");
const namesIn = (text, pattern) => new Set([...text.matchAll(pattern)].map((m) => m[1]));

/** Programs that a snippet may use without the project having anything to do with them. */
const others = new Set("apt cat cd curl docker echo export git grep journalctl kubectl mkdir openssl printf psql sed sudo systemctl systemd-creds".split(" "));

const say = (...args) => {
  const r = run(nativePath, args);
  return r.stdout + r.stderr;
};

let known;
/** What there is: commands and flags of the program, words of ./dev, routes, operations, presets, units. */
export function what() {
  if (known) return known;
  const help = say("--help");
  const commands = namesIn(help, /^ {2}([a-z]+) +/gm);
  const told = ["serve", "forecast", "plan"].map((c) => say(c, "--help")).concat(["token", "connector", "db", "mcp", "cron"].map((c) => say(c, "--no-such-flag", "x")));
  const connect = read("daemon/cli/connector.c");
  known = {
    commands,
    flags: namesIn([help, ...told, connect.replaceAll(/\{"(--[a-z-]+)"/g, " $1 ")].join("\n"), /(--[a-z][a-z-]*)/g),
    dev: namesIn(read("dev"), /^ {2}([a-z]+) .*$/gm),
    routes: JSON.parse(read("daemon/api/openapi.json")).paths,
    operations: new Set(operations()),
    presets: new Set(JSON.parse(read("CMakePresets.json")).configurePresets.map((p) => p.name)),
    units: readdirSync(join(root, "cmake/install")).join(" "),
    tables: namesIn(readdirSync(join(root, "daemon/store/migrations")).map((f) => read(`daemon/store/migrations/${f}`)).join("\n"), /CREATE TABLE (\w+)/g),
  };
  return known;
}

const bare = (path) => path.replace(/[?#].*$/, "").replace(/\/$/, "");

/** Whether a method and a path are a route; variables of shell and braces stand for any one part. */
export function isRoute(method, path) {
  const parts = bare(path).split("/");
  return Object.entries(what().routes).some(([known, methods]) => {
    const wanted = bare(known).split("/");
    return method.toLowerCase() in methods && wanted.length === parts.length && wanted.every((w, i) => w === parts[i] || (w.startsWith("{") && /^([${]|[\w.-]+$)/.test(parts[i])));
  });
}

function* faultsOfCurl(words) {
  const at = words.find((w) => /\$\{?API|127\.0\.0\.1|^\/api\//.test(w));
  if (!at) return;
  const path = at.replaceAll('"', "").replace(/^\$\{?API\}?/, "/api/v1").replace(/^https?:\/\/[^/]*/, "");
  const x = words.indexOf("-X");
  const method = x >= 0 ? words[x + 1] : words.some((w) => /^(-d|--data.*)$/.test(w)) ? "POST" : "GET";
  if (path.startsWith("/") && !isRoute(method, path)) yield `there is no ${method} ${path}`;
}

function* faultsOfCommand(line) {
  const words = line.match(/(?:"(?:\\.|[^"])*"|'[^']*'|[^\s"'])+/g) ?? [];
  while (words[0] === "sudo" || /^\w+=/.test(words[0] ?? "")) words.shift();
  const [name, ...rest] = words;
  if (!name) return;
  const program = name.split("/").at(-1);
  if (program === "dyocensed") {
    if (rest[0] && !rest[0].startsWith("-") && !what().commands.has(rest[0])) yield `there is no dyocensed ${rest[0]}`;
    if (["call", "describe"].includes(rest[0]) && rest[1] && !rest[1].startsWith("-") && !what().operations.has(rest[1])) yield `there is no operation ${rest[1]}`;
    for (const flag of rest.filter((w) => w.startsWith("--"))) if (!what().flags.has(flag.split("=")[0])) yield `no command of dyocensed has ${flag}`;
  } else if (name === "./dev") {
    if (!what().dev.has(rest[0])) yield `there is no ./dev ${rest[0]}`;
  } else if (program === "cmake" || program === "cpack") {
    const preset = rest[rest.indexOf("--preset") + 1];
    if (rest.includes("--preset") && !what().presets.has(preset)) yield `there is no preset ${preset}`;
  } else if (program === "sh" || program === "node") {
    if (rest[0] && !rest[0].startsWith("-") && !existsSync(join(root, rest[0]))) yield `there is no ${rest[0]}`;
  } else if (program === "curl") yield* faultsOfCurl(rest);
  else if (!others.has(program)) yield `nobody has said what "${program}" is`;
  if (["systemctl", "journalctl"].includes(program)) {
    const unit = rest.findLast((w) => !w.startsWith("-"));
    if (!what().units.includes(unit.split(".")[0])) yield `there is no unit ${unit}`;
  }
  for (const w of rest) if (/^@?docs\//.test(w) && !existsSync(join(root, w.replace("@", "")))) yield `there is no ${w}`;
}

/** What is wrong with a block of shell that is not run, in sentences. */
export function faultsOfShell(text) {
  const r = spawnSync("bash", ["-n"], { input: text, encoding: "utf8" });
  if (r.status !== 0) return [r.stderr.trim()];
  return text
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .flatMap((line) => line.split(/\s(?:\||&&|;)\s/))
    .flatMap((line) => [...faultsOfCommand(line)]);
}

/** What is wrong with SQL that is not run: tables that no migration makes. */
export function faultsOfSql(text) {
  const named = [...text.matchAll(/\((?:'(\w+)',)|\b(?:FROM|INTO|UPDATE|TABLE) (\w+)/g)].map((m) => m[1] ?? m[2]);
  return named.filter((t) => !what().tables.has(t)).map((t) => `no migration makes a table ${t}`);
}

/** What is wrong with the words in `code` of a text: operations, commands and routes that are not there. */
export function faultsOfWords(text) {
  const groups = [...what().operations].map((o) => o.split(".")[0]);
  const faults = [];
  for (const [, code] of text.replaceAll(/```[^]*?```/g, "").matchAll(/`([^`\n]+)`/g)) {
    const route = /^(GET|POST|PATCH|PUT|DELETE) (\/\S*)$/.exec(code);
    if (route && !isRoute(route[1], route[2])) faults.push(`there is no ${code}`);
    const operation = /^([a-z]+)\.[a-z_]+$/.exec(code);
    if (operation && groups.includes(operation[1]) && !what().operations.has(code)) faults.push(`there is no operation ${code}`);
    if (/^dyocensed [a-z]/.test(code) || /^\.\/dev [a-z]/.test(code)) faults.push(...faultsOfCommand(code.replace(/ OP(ERATION)?\b.*/, "")));
  }
  return faults;
}
