// The snippets of a Markdown file, and ways to run them as they are printed.
//
// A fence is what its info string says: ```sh is run, ```sh not-run is looked through (lib/unrun.mjs), ```js is run by Node, ```js browser and
// ```html on a page, ```json is parsed, ```output is what the block above it has to print. In a shell or JavaScript block, comment lines
// directly below a command are its output too. In output `...` stands for anything, alone on a line for any lines.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Every fence of a file: { language, words, text, line }. */
export function fencesOf(path) {
  const fences = [];
  let open = null;
  readFileSync(path, "utf8")
    .split("\n")
    .forEach((line, i) => {
      const mark = /^```(.*)$/.exec(line);
      if (!mark && open) open.lines.push(line);
      else if (mark && open) {
        fences.push({ language: open.language, words: open.words, line: open.line, text: open.lines.join("\n") });
        open = null;
      } else if (mark) {
        const [language = "", ...words] = mark[1].trim().split(/\s+/);
        open = { language, words, line: i + 1, lines: [] };
      }
    });
  return fences;
}

/** The commands of a block of shell: { text, output } each, where output is the comment directly below it, or null. */
export function statementsOf(text) {
  const all = [];
  let lines = [];
  let until = null; // the end of a here-document
  let printed = false; // whether a comment now is output
  for (const line of text.split("\n")) {
    const comment = /^# ?(.*)$/.exec(line);
    if (lines.length === 0 && (comment || !line.trim())) {
      if (comment && printed) all.at(-1).output = [...(all.at(-1).output ?? []), comment[1]];
      printed &&= Boolean(comment);
      continue;
    }
    lines.push(line);
    if (until !== null) {
      if (line === until) until = null;
    } else until = /<<'?(\w+)'?/.exec(line)?.[1] ?? null;
    const whole = lines.join("\n");
    const open = until !== null || /(\\|\||&&)$/.test(line) || (whole.match(/'/g) ?? []).length % 2 === 1 || /^(for|while|if) (?![^]*\b(done|fi)\b)/.test(whole);
    if (open) continue;
    all.push({ text: whole, output: null });
    lines = [];
    printed = true;
  }
  if (lines.length > 0) all.push({ text: lines.join("\n"), output: null });
  return all.map((s) => ({ ...s, output: s.output?.join("\n") ?? null }));
}

/** The comment lines at the end of a piece of JavaScript, as what it prints; null where there are none. */
export function commentBelow(text) {
  const lines = text.trimEnd().split("\n");
  const first = lines.findLastIndex((line) => !line.startsWith("// ")) + 1;
  return first < lines.length ? lines.slice(first).map((l) => l.slice(3)).join("\n") : null;
}

const number = /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
const near = (a, b) => Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b));

/** A line's words as one pattern and its numbers apart, which may differ in the last digits between machines. */
function alike(printed, line) {
  const wanted = [];
  const pattern = printed
    .split("...")
    .map((piece) => {
      let last = 0;
      let out = "";
      for (const m of piece.matchAll(number)) {
        out += `${piece.slice(last, m.index).replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")}(${number.source})`;
        wanted.push(Number(m[0]));
        last = m.index + m[0].length;
      }
      return out + piece.slice(last).replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    })
    .join("[^]*?");
  const found = new RegExp(`^${pattern}$`).exec(line);
  return found !== null && wanted.every((w, i) => near(w, Number(found[i + 1])));
}

/** Whether what came is what is printed. */
export function matches(printed, came) {
  const [wanted, got] = [printed, came].map((t) => t.trimEnd().split("\n").map((l) => l.trimEnd()));
  const from = (i, k) => {
    for (; i < wanted.length; i++, k++) {
      if (wanted[i] === "...") {
        for (let skip = k; skip <= got.length; skip++) if (from(i + 1, skip)) return true;
        return false;
      }
      if (k >= got.length || !alike(wanted[i], got[k])) return false;
    }
    return k === got.length;
  };
  return from(0, 0);
}

const patience = 180_000 * Number(process.env.DYO_PATIENCE || 1); // milliseconds after which a command hangs
const groups = new Set(); // of processes: the shells' own, with what they started
const killed = (pid) => {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // it is over
  }
};
process.on("exit", () => groups.forEach(killed));

/** One bash in which commands are run one by one, so that what one sets the next one has. */
export class Shell {
  constructor(cwd, env, before) {
    this.cwd = cwd;
    this.child = spawn("bash", ["--noprofile", "--norc"], { cwd, env, stdio: ["pipe", "pipe", "inherit"], detached: true });
    groups.add(this.child.pid);
    this.heard = "";
    this.child.stdout.on("data", (d) => {
      this.heard += d;
      this.wake?.();
    });
    this.over = null; // how it ended
    this.ended = new Promise((done) => this.child.on("close", (status, signal) => done((this.over = signal ?? `status ${status}`))));
    this.ended.then(() => this.wake?.());
    this.child.stdin.write(`set -o pipefail\n${before}\n`);
  }

  /** { status, stdout, stderr } of a command. */
  async run(text) {
    const [script, out, err] = ["script", "out", "err"].map((name) => join(this.cwd, `.snippet-${name}`));
    writeFileSync(script, text);
    this.heard = "";
    this.child.stdin.write(`. '${script}' > '${out}' 2> '${err}' < /dev/null; echo "ended $?"\n`);
    const late = setTimeout(() => killed(this.child.pid), patience);
    while (!/ended \d+\n/.test(this.heard) && this.over === null) await new Promise((go) => (this.wake = go));
    clearTimeout(late);
    const status = /ended (\d+)\n/.exec(this.heard)?.[1];
    if (status === undefined) throw new Error(`the shell ended with ${this.over} at: ${text}`);
    return { status: Number(status), stdout: readFileSync(out, "utf8"), stderr: readFileSync(err, "utf8") };
  }

  async end() {
    this.child.stdin.end("kill $(jobs -p) 2> /dev/null; wait\n");
    await this.ended;
    groups.delete(this.child.pid);
  }
}
