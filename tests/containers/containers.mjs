// ./dev containers: the image, built whole and run alone, and compose.yaml brought up, on a real Docker Engine (with_docker.sh). Where the
// base images are not had from a registry they are made from Debian's packages (debootstrap, as root); what stood in is said.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { scratch, until } from "../daemon/lib/daemon.mjs";
import { root } from "../lib/project.mjs";

const dir = scratch();
const image = /^ {4}image: (dyocensed:\S+)$/m.exec(readFileSync(join(root, "compose.yaml"), "utf8"))[1];
const project = `dyocense-test-${process.pid}`;
const minutes = 60_000;

/** What a command that must succeed prints. */
function said(name, ...args) {
  const r = spawnSync(name, args, { encoding: "utf8", maxBuffer: 1 << 28, cwd: dir });
  assert.equal(r.status, 0, `${name} ${args.join(" ")}: ${r.error ?? r.stdout.slice(-2000) + r.stderr.slice(-2000)}`);
  return r.stdout;
}
const docker = (...args) => said("docker", ...args).trim();
const has = (...command) => spawnSync(command[0], command.slice(1)).status === 0;

// --- base images --------------------------------------------------------------------------------------------------------

/** Debian as debootstrap makes it, with the certificates that this machine trusts besides the usual ones. */
function standInForDebian() {
  const bare = join(dir, "debian");
  said("debootstrap", "--variant=minbase", "bookworm", bare);
  const suite = (at, names) => `Types: deb\nURIs: http://deb.debian.org/${at}\nSuites: ${names}\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n\n`;
  writeFileSync(join(bare, "etc/apt/sources.list"), "");
  writeFileSync(join(bare, "etc/apt/sources.list.d/debian.sources"), suite("debian", "bookworm bookworm-updates") + suite("debian-security", "bookworm-security"));
  cpSync("/usr/local/share/ca-certificates", join(bare, "usr/local/share/ca-certificates"), { recursive: true });
  const change = ['CMD ["bash"]', "ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt"].flatMap((c) => ["-c", c]);
  said("tar", "-C", bare, "-cf", "debian.tar", ".");
  docker("import", ...change, "debian.tar", "debian:12");
  docker("tag", "debian:12", "debian:12-slim");
}

function base(name, standIn) {
  if (has("docker", "image", "inspect", name) || has("docker", "pull", "--quiet", name)) return;
  console.error(`${name} is not to be had from a registry: made from Debian's packages`);
  standIn();
}

before(() => {
  for (const name of ["debian:12", "debian:12-slim"]) base(name, standInForDebian);
  base("postgres:15", () => docker("build", "--tag", "postgres:15", join(root, "tests/containers/postgres")));
}, { timeout: 20 * minutes });

// --- what is asked of a daemon in a container ------------------------------------------------------------------------------

const healthy = (container) => until(() => docker("inspect", "--format", "{{.State.Health.Status}}", container) === "healthy", `${container} to be healthy`, 3 * minutes);
const answers = (api, path, status) => until(async () => (await fetch(api + path).catch(() => ({})))?.status === status, `${status} at ${path}`, 2 * minutes);

/** The address at which the host reaches it; another one after each start. */
const address = (container) => `http://${docker("port", container, "8787/tcp").split("\n")[0]}`;

async function token(container) {
  const log = () => spawnSync("docker", ["logs", container], { encoding: "utf8" }).stdout;
  return (await until(() => /dyo_[\w-]+/.exec(log()), "the first token", 2 * minutes))[0];
}

async function call(api, bearer, path, body) {
  const r = await fetch(`${api}/api/v1${path}`, { method: body ? "POST" : "GET", headers: { Authorization: `Bearer ${bearer}` }, body });
  const text = await r.text();
  assert.ok(r.status < 300, `${path}: ${r.status} ${text}`);
  return JSON.parse(text);
}

const upload = (api, bearer) => call(api, bearer, "/connectors/upload?name=sales.csv", readFileSync(join(root, "docs/example/sales.csv")));
const forecast = async (api, bearer) => {
  const asked = { metric_name: "units", dimensions: { sku: "BOLT-M8" }, forecast_horizon: 14 };
  return (await call(api, bearer, "/forecaster/create", JSON.stringify(asked))).predictions;
};

/** No user's rights, no capability, nothing to write to but what is mounted. */
function isShutIn(container, user) {
  const found = docker("exec", container, "sh", "-c", "id -u; grep -hE 'CapEff|CapBnd|NoNewPrivs' /proc/1/status; touch /x 2> /dev/null || echo read-only");
  const none = "0".repeat(16);
  assert.deepEqual(found.split("\n"), [user, `CapEff:\t${none}`, `CapBnd:\t${none}`, "NoNewPrivs:\t1", "read-only"]);
}

// --- tests --------------------------------------------------------------------------------------------------------------

test("the image builds whole", { timeout: 60 * minutes }, () => {
  docker("build", "--tag", image, root);
  assert.equal(docker("inspect", "--format", "{{.Config.User}}", image), "65532:65532");
});

test("alone: shut in, healthy, a first result, and all of it there after a stop and after a kill", { timeout: 15 * minutes }, async () => {
  const name = `${project}-alone`;
  after(() => spawnSync("docker", ["rm", "--force", "--volumes", name]));
  docker("run", "--detach", "--name", name, "--publish", "127.0.0.1::8787", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges:true", "--health-interval", "2s", image);
  await healthy(name);
  isShutIn(name, "65532");
  const bearer = await token(name);
  const { rows_read: rows } = await upload(address(name), bearer);
  const first = await forecast(address(name), bearer);
  assert.deepEqual([rows, first.length], [480, 14]);
  for (const end of [["stop", "--time", "20"], ["kill"]]) {
    docker(...end, name);
    docker("start", name);
    await answers(address(name), "/readyz", 200);
    assert.deepEqual(await forecast(address(name), bearer), first);
  }
  docker("stop", "--time", "20", name);
  assert.equal(docker("inspect", "--format", "{{.State.ExitCode}}", name), "0");
});

/** Compose on a copy of what it reads, at any free port. Version 1 knows no `name`. */
function composition() {
  const plugin = has("docker", "compose", "version");
  const text = readFileSync(join(root, "compose.yaml"), "utf8").replace("127.0.0.1:8787:8787", "127.0.0.1::8787");
  writeFileSync(join(dir, "compose.yaml"), plugin ? text : text.replace(/^name:.*\n/m, ""));
  cpSync(join(root, "cmake/install/compose"), join(dir, "cmake/install/compose"), { recursive: true });
  mkdirSync(join(dir, "secrets"), { mode: 0o700 });
  const secrets = /^mkdir -m 700 secrets\n((?:.*> secrets\/.*\n)+)/m.exec(readFileSync(join(root, "docs/operating.md"), "utf8"))[1];
  said("sh", "-ec", secrets);
  assert.deepEqual(readdirSync(join(dir, "secrets")).sort(), ["dyocense-master-key", "pg_service.conf", "postgres-password"]);
  return (...args) => said(...(plugin ? ["docker", "compose"] : ["docker-compose"]), "--project-name", project, ...args).trim();
}

test("compose.yaml: both shut in, healthy, a first result; the server is killed, and all goes on", { timeout: 15 * minutes }, async () => {
  const compose = composition();
  after(() => compose("down", "--volumes"));
  compose("up", "--detach", "--no-build");
  const [daemon, server] = ["dyocensed", "postgres"].map((service) => compose("ps", "--quiet", service));
  await healthy(daemon);
  isShutIn(daemon, "65532");
  isShutIn(server, "999");
  const bearer = await token(daemon);
  await upload(address(daemon), bearer);
  const first = await forecast(address(daemon), bearer);
  assert.match(docker("exec", daemon, "dyocensed", "doctor"), /^ok {7}database .*480 values$/m);
  assert.match(docker("exec", server, "pg_dump", "-U", "postgres", "dyocense"), /CREATE TABLE/);

  docker("kill", server);
  await answers(address(daemon), "/readyz", 503);
  await answers(address(daemon), "/healthz", 200);
  docker("start", server);
  await answers(address(daemon), "/readyz", 200);
  assert.deepEqual(await forecast(address(daemon), bearer), first);

  compose("restart");
  await answers(address(daemon), "/readyz", 200);
  assert.deepEqual(await forecast(address(daemon), bearer), first);
});
