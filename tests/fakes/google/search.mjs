// The `q` of files.list: what it may say of parents, names, types, times and the bin.

const token = /\s*(?:('(?:[^'\\]|\\.)*')|([A-Za-z]+)|(!=|<=|>=|[=<>()]))/y;

function tokens(text) {
  const out = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const m = token.exec(text);
    if (!m) throw new SyntaxError("bad q");
    if (m[1]) out.push({ text: m[1].slice(1, -1).replace(/\\(.)/gs, "$1") });
    else out.push({ word: m[2] ?? m[3] });
  }
  return out;
}

const compare = {
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/** Words of a name that begin with the text, as `contains` means it. */
const begins = (name, text) => name.toLowerCase().split(/[^\p{L}\p{N}]+/u).some((w, i, all) => all.slice(i).join(" ").startsWith(text.toLowerCase()));

const utc = (text) => Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);

/** A test of a resource (a file as JSON) for the text; throws SyntaxError where Drive answers "Invalid Value". */
export function search(text, root) {
  const list = tokens(text);
  let at = 0;
  const peek = () => list[at] ?? {};
  const take = (word) => peek().word === word && ++at > 0;
  const need = (condition) => {
    if (!condition) throw new SyntaxError("bad q");
  };
  const string = () => {
    const t = list[at++] ?? {};
    need(t.text !== undefined);
    return t.text;
  };

  function term() {
    if (take("not")) {
      const part = term();
      return (f) => !part(f);
    }
    if (take("(")) {
      const part = any();
      need(take(")"));
      return part;
    }
    if (peek().text !== undefined) {
      const id = string();
      need(take("in") && take("parents"));
      return (f) => (f.parents ?? []).includes(id === "root" ? root : id);
    }
    return comparison(list[at++]?.word);
  }

  function comparison(field) {
    const op = list[at++]?.word;
    if (field === "trashed" || field === "sharedWithMe") {
      const value = list[at++]?.word;
      need((op === "=" || op === "!=") && (value === "true" || value === "false"));
      return (f) => compare[op](f[field] ?? false, value === "true");
    }
    const value = string();
    if (field === "name" && op === "contains") return (f) => begins(f.name, value);
    if (field === "mimeType" && op === "contains") return (f) => f.mimeType.startsWith(value);
    need(op in compare);
    if (field === "modifiedTime" || field === "createdTime") {
      need(!Number.isNaN(utc(value)));
      return (f) => compare[op](Date.parse(f[field]), utc(value));
    }
    need((field === "name" || field === "mimeType") && (op === "=" || op === "!="));
    return (f) => compare[op](f[field], value);
  }

  function all() {
    const parts = [term()];
    while (take("and")) parts.push(term());
    return (f) => parts.every((p) => p(f));
  }

  function any() {
    const parts = [all()];
    while (take("or")) parts.push(all());
    return (f) => parts.some((p) => p(f));
  }

  const whole = any();
  need(at === list.length);
  return whole;
}
