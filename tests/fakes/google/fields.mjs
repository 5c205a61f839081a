// The `fields` parameter: "nextPageToken,files(id,shortcutDetails/targetId,capabilities(canDownload))", "*".

/** A tree of names from the text, or null where it is none. */
function parse(text) {
  let at = 0;
  function list() {
    const tree = {};
    do {
      const m = /^[A-Za-z0-9_*-]+/.exec(text.slice(at));
      if (!m) return null;
      at += m[0].length;
      let below = null;
      if (text[at] === "/") {
        at++;
        const [name] = /^[A-Za-z0-9_*-]+/.exec(text.slice(at)) ?? [];
        if (!name) return null;
        const start = at;
        below = list();
        if (below === null || start === at) return null;
        tree[m[0]] = merge(tree[m[0]], below);
        return text[at] === "," ? (at++, merge(tree, list())) : tree;
      }
      if (text[at] === "(") {
        at++;
        below = list();
        if (below === null || text[at] !== ")") return null;
        at++;
      }
      tree[m[0]] = merge(tree[m[0]], below ?? {});
    } while (text[at] === "," && ++at);
    return tree;
  }
  const tree = list();
  return at === text.length ? tree : null;
}

const merge = (a, b) => (a && b ? { ...a, ...b } : (b ?? a ?? null));

/** The first name of the tree that the shape does not know. A shape is an object of shapes; true allows anything below. */
function unknown(tree, shape) {
  for (const [name, below] of Object.entries(tree)) {
    if (name === "*") continue;
    if (shape === true) return null;
    if (!(name in shape)) return name;
    const deeper = unknown(below, shape[name]);
    if (deeper) return deeper;
  }
  return null;
}

function pick(value, tree) {
  if (Object.keys(tree).length === 0 || "*" in tree) return value;
  if (Array.isArray(value)) return value.map((v) => pick(v, tree));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).filter(([k]) => k in tree).map(([k, v]) => [k, pick(v, tree[k])]));
}

/** { value } with the chosen fields alone, or { bad: name }. */
export function select(value, fields, shape) {
  const tree = parse(fields);
  if (tree === null) return { bad: fields };
  const bad = unknown(tree, shape);
  return bad ? { bad } : { value: pick(value, tree) };
}
