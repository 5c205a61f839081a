// A fault proxy: a port that leads to another one, and what goes wrong on the way. Bytes of each direction are counted from the
// beginning of a connection; a fault holds for connections made after it was set.
//
//   delay (ms before each piece of an answer), pace (bytes a second of an answer), cut (end in good order after so many bytes
//   of the answer), reset (the same, with a reset), garbage (so many bytes, then noise), silent (accepts, answers nothing),
//   refuse (resets at once)
import net from "node:net";
import { randomBytes } from "node:crypto";
import tls from "node:tls";
import { badTls } from "./lib/certificate.mjs";

const listen = (server) => new Promise((go) => server.listen(0, "127.0.0.1", () => go(server.address().port)));

/** Tracks what is open, so that all of it ends with the proxy. */
function kept(server) {
  const open = new Set();
  return {
    keep(socket) {
      open.add(socket);
      socket.on("close", () => open.delete(socket));
      socket.on("error", () => {});
      return socket;
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((go) => server.close(go));
    },
  };
}

/** Hands an answer on, with the fault. */
async function pass(from, to, fault) {
  let sent = 0;
  const limit = fault.cut ?? fault.reset ?? fault.garbage ?? Infinity;
  for await (const piece of from) {
    if (fault.delay) await new Promise((go) => setTimeout(go, fault.delay));
    const part = piece.subarray(0, Math.min(piece.length, limit - sent));
    if (fault.pace) await drip(to, part, fault.pace);
    else if (part.length > 0) to.write(part);
    sent += part.length;
    if (sent < limit) continue;
    if (fault.garbage !== undefined) to.write(randomBytes(64));
    if (fault.reset !== undefined) setTimeout(() => to.resetAndDestroy(), 5); // after what was written
    else to.end();
    from.destroy();
    return;
  }
  to.end();
}

async function drip(to, bytes, pace) {
  for (const byte of bytes) {
    if (to.destroyed) return;
    to.write(Buffer.from([byte]));
    await new Promise((go) => setTimeout(go, 1000 / pace));
  }
}

/** A proxy to a port of the loopback: { port, fault (set it), connections, close() }. */
export async function startProxy(target, fault = {}) {
  const proxy = { fault, connections: 0 };
  const server = net.createServer((client) => {
    proxy.connections++;
    all.keep(client);
    const now = proxy.fault;
    if (now.refuse) return void client.resetAndDestroy();
    if (now.silent) return void client.resume();
    const up = all.keep(net.connect(target, "127.0.0.1"));
    client.pipe(up);
    pass(up, client, now).catch(() => client.destroy());
    client.on("close", () => up.destroy());
  });
  const all = kept(server);
  proxy.port = await listen(server);
  server.unref();
  return Object.assign(proxy, { close: all.close });
}

/** The kinds of bad TLS: those of lib/certificate.mjs, and `plain`, which speaks no TLS at all. */
export const tlsKinds = [...Object.keys(badTls), "plain"];

/** A server that ends TLS badly in front of a port that speaks HTTP: { port, requests, close() }. `requests` counts those that
 *  came through, which with a client that verifies is none. */
export async function startBadTls(kind, target) {
  const front = { requests: 0 };
  const take = (client) => {
    all.keep(client);
    const up = all.keep(net.connect(target, "127.0.0.1"));
    client.once("data", () => front.requests++);
    client.pipe(up).pipe(client);
    client.on("close", () => up.destroy());
  };
  const plain = (client) => all.keep(client).end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
  const server = kind === "plain" ? net.createServer(plain) : tls.createServer(badTls[kind](), take);
  server.on("tlsClientError", () => {});
  const all = kept(server);
  if (kind !== "plain") server.on("connection", (socket) => all.keep(socket));
  front.port = await listen(server);
  server.unref();
  return Object.assign(front, { close: all.close });
}
