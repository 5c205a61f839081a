# Fails when the module imports what is not listed, or lacks an export. (A loader refuses unknown imports too, but a
# build that went wrong is found here.)
set(script [[
const fs = require("fs"), [file, allowed, wanted] = process.argv.slice(1);
const m = new WebAssembly.Module(fs.readFileSync(file));
const ok = new Set(fs.readFileSync(allowed, "utf8").split("\n").map(l => l.replace(/#.*/, "").trim()).filter(Boolean));
const has = new Set(WebAssembly.Module.exports(m).map(e => "_" + e.name));
const bad = WebAssembly.Module.imports(m).map(i => `${i.module}.${i.name}`).filter(i => !ok.has(i));
const no = wanted.split(",").filter(e => !has.has(e));
if (bad.length) console.error("imports not in wasm/imports.txt: " + bad.join(" "));
if (no.length) console.error("exports missing: " + no.join(" "));
process.exit(bad.length || no.length ? 1 : 0);
]])
execute_process(COMMAND ${NODE} -e "${script}" "${MODULE}" "${ALLOWED}" "${EXPORTS}" RESULT_VARIABLE bad ERROR_VARIABLE said)
if(bad)
  file(REMOVE "${MODULE}")
  message(FATAL_ERROR "${MODULE}: ${said}")
endif()
