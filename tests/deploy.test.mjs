// SPDX-License-Identifier: GPL-3.0-or-later
// compose.yaml and the Kubernetes manifests, looked at beside what they speak of: the Dockerfile, the program's settings, its routes.
// No cluster and no container engine is needed; where kubectl is there, it builds the kustomization.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { parseAllDocuments } from "yaml";
import { complaints } from "./lib/kubernetes.mjs";
import { nativePath, root, run } from "./lib/project.mjs";
import { scratch } from "./daemon/lib/daemon.mjs";

const folder = "cmake/install/kubernetes";
const read = (file) => readFileSync(join(root, file), "utf8");
const yaml = (file) => {
  const documents = parseAllDocuments(read(file), { uniqueKeys: true });
  assert.deepEqual(documents.flatMap((d) => [...d.errors, ...d.warnings]).map(String), [], file);
  return documents.map((d) => d.toJS());
};
const pairs = (text) => Object.fromEntries(text.split("\n").filter((l) => l && !l.startsWith("#")).map((l) => [l.split("=")[0], l.slice(l.indexOf("=") + 1)]));

const dockerfile = read("Dockerfile");
const image = {
  user: Number(/^USER (\d+):\1$/m.exec(dockerfile)[1]),
  port: Number(/^EXPOSE (\d+)$/m.exec(dockerfile)[1]),
  volume: /^VOLUME (\S+)$/m.exec(dockerfile)[1],
  settings: Object.fromEntries(/^ENV (.*)$/m.exec(dockerfile)[1].split(" ").map((p) => p.split("="))),
};
const version = /^project\(dyocense VERSION ([\d.]+)/m.exec(read("CMakeLists.txt"))[1];
const help = run(nativePath, ["serve", "--help"]).stdout;
const api = JSON.parse(read("daemon/api/openapi.json"));

const kustomization = yaml(`${folder}/kustomization.yaml`)[0];
const objects = kustomization.resources.flatMap((file) => yaml(`${folder}/${file}`));
const the = (kind) => {
  const found = objects.filter((o) => o.kind === kind);
  assert.equal(found.length, 1, `one ${kind}`);
  return found[0];
};
const deployment = the("Deployment");
const pod = deployment.spec.template.spec;
const [container] = pod.containers;
const settings = pairs(read(`${folder}/settings.env`));
const [compose] = yaml("compose.yaml");
const { dyocensed: service, postgres } = compose.services;

/** What a daemon with these variables would serve with; a name that is no setting, or a wrong value, is refused. */
function settingsOf(variables) {
  for (const name of Object.keys(variables).filter((n) => n.startsWith("DYOCENSE_")))
    assert.match(help, new RegExp(`^ {2}--${name.slice(9).toLowerCase().replaceAll("_", "-")} `, "m"), `${name} is no setting`);
  const r = spawnSync(nativePath, ["serve", "--check-config"], { env: { ...process.env, ...image.settings, ...variables }, encoding: "utf8" });
  assert.equal(r.status, 0, r.stderr);
  return Object.fromEntries([...r.stdout.matchAll(/^(\w+) = (.*)$/gm)].map((m) => [m[1], m[2]]));
}

/** Whether something is labelled as a selector wants; an empty selector would take everything. */
const selects = (selector, labels) => Object.keys(selector).length > 0 && Object.entries(selector).every(([k, v]) => labels[k] === v);

/** Bytes or cores of a Kubernetes quantity. */
const amount = (q) => Number.parseFloat(q) * ({ m: 1e-3, Mi: 2 ** 20, Gi: 2 ** 30 }[/[a-zA-Z]*$/.exec(String(q))[0]] ?? 1);

// --- Kubernetes ---------------------------------------------------------------------------------------------------------

test("kustomization: every file is there, but the secrets, which git does not take", () => {
  assert.deepEqual(kustomization.resources.filter((f) => !existsSync(join(root, folder, f))), []);
  assert.deepEqual(kustomization.configMapGenerator.map((g) => [g.name, g.envs]), [["dyocensed", ["settings.env"]]]);
  assert.deepEqual(Object.keys(kustomization.secretGenerator[0]), ["name", "files"], "made from files, no value is here");
  const ignored = read(".gitignore").split("\n");
  assert.ok(ignored.includes(`/${folder}/secrets/`) && ignored.includes("/secrets/"));
  assert.ok(read(".dockerignore").includes("secrets"), "nor the image");
  for (const file of kustomization.secretGenerator[0].files) assert.equal(dirname(file), "secrets");
  assert.deepEqual(kustomization.images, [{ name: container.image, newTag: version }]);
});

test("objects: each has its API's version and a name, and none is a secret", () => {
  const versions = { Namespace: "v1", Service: "v1", Deployment: "apps/v1", NetworkPolicy: "networking.k8s.io/v1", PodDisruptionBudget: "policy/v1" };
  assert.deepEqual(Object.fromEntries(objects.map((o) => [o.kind, o.apiVersion])), versions);
  for (const o of objects) assert.match(o.metadata.name, /^[a-z][a-z-]*$/);
  assert.equal(the("Namespace").metadata.name, kustomization.namespace);
  assert.equal(the("Namespace").metadata.labels["pod-security.kubernetes.io/enforce"], "restricted");
});

/** The same object with one field's name written wrong, for each of its fields; what anybody may name (labels, amounts) is left out. */
function misspelt(object) {
  const all = [];
  const visit = (value, path) => {
    for (const [name, inner] of Object.entries(value)) {
      if (path.length > 0 && !Array.isArray(value)) {
        const copy = structuredClone(object);
        const at = path.reduce((o, k) => o[k], copy);
        at[`${name}s`] = at[name];
        delete at[name];
        all.push({ copy, what: [object.kind, ...path, name].join("/") });
      }
      const named = ["labels", "matchLabels", "limits", "requests"].includes(name) || (object.kind === "Service" && name === "selector");
      if (inner && typeof inner === "object" && !named) visit(inner, [...path, name]);
    }
  };
  visit(object, []);
  return all;
}

test("schemas: the API knows every field, and refuses one that is misspelt, missing or of another kind", () => {
  const wrong = (process.env.DYO_FULL ? objects : objects.filter((o) => o.kind !== "Deployment")).flatMap(misspelt);
  const { selector, ...without } = deployment.spec;
  wrong.push(
    { copy: { ...deployment, spec: { ...deployment.spec, replica: 2 } }, what: "replica" },
    { copy: { ...deployment, spec: without }, what: `no ${Object.keys(selector)}` },
    { copy: { ...deployment, spec: { ...deployment.spec, replicas: "two" } }, what: "replicas: two" },
    ...misspelt(deployment).filter(({ what }) => /\/(containers\/0|securityContext|httpGet|strategy)\/\w+$/.test(what)),
  );
  const said = complaints([...objects, ...wrong.map((w) => w.copy)]);
  assert.deepEqual(said.slice(0, objects.length).flat(), []);
  const taken = wrong.filter((_, i) => said[objects.length + i].length === 0).map((w) => w.what);
  assert.deepEqual(taken, [], "what was taken though it is wrong");
  assert.ok(wrong.length > 50, `${wrong.length}`);
  assert.match(said[objects.length + wrong.findIndex((w) => w.what === "replica")].join(), /'"replica"' does not exist in type 'DeploymentSpec'/);
});

test("selectors: each one finds the replicas", () => {
  const { labels } = deployment.spec.template.metadata;
  const all = [
    deployment.spec.selector.matchLabels,
    the("Service").spec.selector,
    the("NetworkPolicy").spec.podSelector.matchLabels,
    the("PodDisruptionBudget").spec.selector.matchLabels,
    ...pod.topologySpreadConstraints.map((c) => c.labelSelector.matchLabels),
    ...kustomization.labels.map((l) => l.pairs),
  ];
  for (const selector of all) assert.ok(selects(selector, labels), JSON.stringify(selector));
});

test("replicas: two, of which one stays while nodes are emptied and none goes before another is ready", () => {
  assert.equal(deployment.spec.replicas, 2);
  assert.equal(the("PodDisruptionBudget").spec.minAvailable, 1);
  assert.equal(deployment.spec.strategy.rollingUpdate.maxUnavailable, 0);
});

test("settings: what the container is given is what the program takes, over the image's own", () => {
  for (const e of container.env) assert.ok(e.value ?? e.valueFrom?.secretKeyRef, e.name);
  assert.equal(container.env.find((e) => e.name === "DYOCENSE_DB").valueFrom.secretKeyRef.key, "database-url");
  assert.ok(!("DYOCENSE_DB" in settings), "it may hold a password");
  const s = settingsOf({ ...settings, DYOCENSE_DB: "postgresql://dyocense@db.example/dyocense" });
  assert.equal(Number(s.port), container.ports.find((p) => p.name === "http").containerPort);
  assert.equal(Number(s.metrics_port), container.ports.find((p) => p.name === "metrics").containerPort);
  assert.equal(s.listen, "0.0.0.0");
  assert.ok(s.local.startsWith(`${image.volume}/`));
  assert.ok(Number(s.threads) > 0 && Number(s.threads) <= amount(container.resources.limits.cpu), "cores of the machine are not those of the pod");
  const stop = container.lifecycle.preStop.exec.command;
  assert.equal(stop[0], "sleep");
  assert.ok(Number(stop[1]) + Number(s.grace_s) < pod.terminationGracePeriodSeconds);
  assert.equal(pod.enableServiceLinks, false, "a Service named dyocense would set DYOCENSE_PORT to an address");
});

test("ports, user and paths are the Dockerfile's", () => {
  assert.equal(container.ports.find((p) => p.name === "http").containerPort, image.port);
  for (const id of ["runAsUser", "runAsGroup", "fsGroup"]) assert.equal(pod.securityContext[id], image.user);
  const mounts = Object.fromEntries(container.volumeMounts.map((m) => [m.name, m.mountPath]));
  assert.equal(mounts.data, image.volume);
  assert.equal(mounts.secrets, container.env.find((e) => e.name === "CREDENTIALS_DIRECTORY").value);
  assert.deepEqual(pod.volumes.map((v) => v.name).sort(), Object.keys(mounts).sort());
  const named = new Set(container.ports.map((p) => p.name));
  const asked = [
    ...the("Service").spec.ports.map((p) => p.targetPort),
    ...the("NetworkPolicy").spec.ingress.flatMap((r) => r.ports.map((p) => p.port)),
    ...["startupProbe", "livenessProbe", "readinessProbe"].map((p) => container[p].httpGet.port),
  ];
  for (const port of asked) assert.ok(named.has(port), `there is no port ${port}`);
});

test("secrets: what is asked of the generated one is in it, under the name that the program looks for", () => {
  const made = kustomization.secretGenerator[0];
  const keys = made.files.map((f) => f.split("/").at(-1));
  const reference = container.env.find((e) => e.valueFrom).valueFrom.secretKeyRef;
  const mounted = pod.volumes.find((v) => v.secret).secret;
  assert.deepEqual([reference.name, mounted.secretName], [made.name, made.name]);
  assert.deepEqual([reference.key, ...mounted.items.map((i) => i.key)].sort(), keys.sort());
  assert.deepEqual(mounted.items.map((i) => i.path), ["dyocense-master-key"]);
  assert.equal(mounted.defaultMode, 0o440);
  assert.match(read("daemon/connect/keys.c"), /"dyocense-master-key"/);
  assert.equal(container.envFrom[0].configMapRef.name, kustomization.configMapGenerator[0].name);
});

test("probes: at routes that need no token, and a silent database ends no replica", () => {
  for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"]) {
    const { path } = container[probe].httpGet;
    const route = api.paths[path]?.get;
    assert.ok(route, path);
    assert.deepEqual(route.security ?? api.security ?? [], [], `${path} wants a token`);
  }
  assert.equal(container.livenessProbe.httpGet.path, "/healthz");
  assert.equal(container.readinessProbe.httpGet.path, "/readyz");
  assert.ok(container.startupProbe.periodSeconds * container.startupProbe.failureThreshold >= 300, "new tables take their time");
});

test("rights: none that the restricted standard forbids", () => {
  assert.equal(pod.securityContext.runAsNonRoot, true);
  assert.equal(pod.securityContext.seccompProfile.type, "RuntimeDefault");
  assert.equal(pod.automountServiceAccountToken, false);
  const own = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } };
  assert.deepEqual(container.securityContext, own);
  for (const k of ["hostNetwork", "hostPID", "hostIPC"]) assert.ok(!(k in pod), k);
  assert.ok(pod.volumes.every((v) => v.emptyDir || v.secret), "no folder of the node");
});

test("limits: for processor, memory and disk, none below what is asked for", () => {
  const { requests, limits } = container.resources;
  assert.deepEqual(Object.keys(limits).sort(), ["cpu", "ephemeral-storage", "memory"]);
  for (const k of Object.keys(limits)) assert.ok(amount(requests[k]) > 0 && amount(requests[k]) <= amount(limits[k]), k);
  assert.ok(amount(pod.volumes.find((v) => v.emptyDir).emptyDir.sizeLimit) <= amount(limits["ephemeral-storage"]));
  const most = Number(/--upload-mb .*\((\d+)\)/.exec(help)[1]);
  assert.ok(amount(pod.volumes.find((v) => v.emptyDir).emptyDir.sizeLimit) >= 2 * most * 2 ** 20, "two uploads at once");
});

test("network: only who is labelled comes in; out go names, PostgreSQL and https to public addresses", () => {
  const { spec } = the("NetworkPolicy");
  assert.deepEqual(spec.policyTypes, ["Ingress", "Egress"]);
  for (const rule of spec.ingress) assert.ok(rule.from.length > 0 && rule.from.every((f) => Object.keys(f.namespaceSelector.matchLabels).length > 0));
  assert.deepEqual(spec.egress.flatMap((r) => r.ports.map((p) => p.port)), [53, 53, 5432, 443]);
  const https = spec.egress.find((r) => r.ports.some((p) => p.port === 443));
  for (const inner of ["10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"])
    assert.ok(https.to.some((t) => t.ipBlock.except.includes(inner)), inner);
});

test("kubectl builds it, and what needs the generated names has them", (t) => {
  if (spawnSync("kubectl", ["version", "--client"]).status !== 0) {
    console.error("SKIPPED LOUDLY: there is no kubectl");
    return t.skip("there is no kubectl");
  }
  const dir = join(scratch(), "kubernetes");
  cpSync(join(root, folder), dir, { recursive: true, filter: (from) => !from.includes("secrets") });
  mkdirSync(join(dir, "secrets"));
  for (const file of kustomization.secretGenerator[0].files) writeFileSync(join(dir, file), "for a test");
  const r = spawnSync("kubectl", ["kustomize", dir], { encoding: "utf8" });
  assert.equal(r.status, 0, r.stderr);
  const made = parseAllDocuments(r.stdout).map((d) => d.toJS());
  const [config, secret, built] = ["ConfigMap", "Secret", "Deployment"].map((kind) => made.find((o) => o.kind === kind));
  const [c] = built.spec.template.spec.containers;
  assert.equal(made.length, objects.length + 2);
  assert.deepEqual(config.data, settings);
  assert.equal(c.image, `dyocensed:${version}`);
  assert.equal(c.envFrom[0].configMapRef.name, config.metadata.name);
  assert.equal(built.spec.template.spec.volumes.find((v) => v.secret).secret.secretName, secret.metadata.name);
  assert.notEqual(secret.metadata.name, "dyocensed", "a digest follows");
});

// --- compose --------------------------------------------------------------------------------------------------------------

test("compose: the daemon's user, port, volume, settings and version are those of the image", () => {
  assert.equal(service.image, `dyocensed:${version}`);
  assert.equal(service.user, `${image.user}:${image.user}`);
  assert.deepEqual(service.ports, [`127.0.0.1:${image.port}:${image.port}`], "on this machine alone");
  assert.deepEqual(service.volumes, [`data:${image.volume}`]);
  const s = settingsOf(service.environment);
  assert.equal(Number(s.port), image.port);
  assert.ok(s.local.startsWith(`${image.volume}/`));
  assert.ok(Number(s.threads) > 0 && Number(s.threads) <= service.cpus);
  assert.ok(Number.parseInt(service.stop_grace_period) > Number(s.grace_s));
  assert.match(dockerfile, /^HEALTHCHECK CMD .*\/readyz/m, "its test is the image's");
  assert.ok(service.healthcheck.interval && !service.healthcheck.test && !service.healthcheck.disable);
});

test("compose: both have a read-only root, no rights, limits, and what they need is declared", () => {
  for (const [name, s] of Object.entries(compose.services)) {
    assert.equal(s.read_only, true, name);
    assert.deepEqual([s.cap_drop, s.security_opt], [["ALL"], ["no-new-privileges:true"]], name);
    assert.match(s.user, /^[1-9]\d*:[1-9]\d*$/, name);
    assert.ok(s.mem_limit && s.cpus && s.pids_limit && s.healthcheck.interval, name);
    for (const secret of s.secrets) assert.ok(compose.secrets[secret], secret);
    for (const network of s.networks) assert.ok(network in compose.networks, network);
    for (const v of s.volumes) {
      const [from] = v.split(":");
      assert.ok(from.startsWith("./") ? existsSync(join(root, from)) : from in compose.volumes, v);
    }
  }
  assert.equal(compose.networks.database.internal, true);
  assert.deepEqual([postgres.networks, postgres.ports], [["database"], undefined], "nobody but the daemon reaches it");
  assert.ok(Number(/^postgres:(\d+)$/.exec(postgres.image)[1]) >= 15);
  assert.equal(service.depends_on.postgres.condition, "service_healthy");
});

test("compose: secrets are files that are not here, and no variable holds one", () => {
  for (const [name, s] of Object.entries(compose.secrets)) assert.deepEqual(s, { file: `./secrets/${name}` });
  for (const s of [service, postgres])
    for (const [name, value] of Object.entries(s.environment)) {
      assert.doesNotMatch(`${value}`, /\/\/[^/@]*:[^/@]*@/, `${name} has a password`);
      if (/PASSWORD|SECRET|KEY|TOKEN|FILE/.test(name)) assert.ok(compose.secrets[value.replace("/run/secrets/", "")], name);
    }
  assert.equal(service.environment.CREDENTIALS_DIRECTORY, "/run/secrets");
  assert.ok(service.secrets.includes("dyocense-master-key"));
});

test("compose: the role that serves is no superuser, and is the one of the health check and of the operator's guide", () => {
  const script = read("cmake/install/compose/role.sh");
  assert.ok(statSync(join(root, "cmake/install/compose/role.sh")).mode & 0o100, "executable");
  const role = /CREATE ROLE (\w+) LOGIN PASSWORD/.exec(script)[1];
  assert.doesNotMatch(script, /SUPERUSER|BYPASSRLS/);
  const database = new RegExp(`CREATE DATABASE (\\w+) OWNER ${role} ENCODING 'UTF8'`).exec(script)[1];
  assert.ok(postgres.healthcheck.test.includes(`--dbname=${database}`) && postgres.healthcheck.test.includes(`--username=${role}`));
  const guide = read("docs/operating.md");
  const section = /\[(\w+)\]\\nhost=(\w+)\\ndbname=(\w+)\\nuser=(\w+)\\npassword=/.exec(guide);
  assert.deepEqual(section.slice(1), [new URL(service.environment.DYOCENSE_DB).searchParams.get("service"), "postgres", database, role]);
});
