// A receiver of webhooks: keeps what comes, answers as it is told, and verifies signatures by Node's own crypto.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import http from "node:http";
import https from "node:https";

/** A secret as Standard Webhooks has it. */
export const newSecret = (bytes = 32) => `whsec_${randomBytes(bytes).toString("base64")}`;

/** Does the signature fit, by the text of the specification: any of the space-delimited "v1,<base64>"? */
export function signed(secret, { headers, body }) {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const mac = createHmac("sha256", key).update(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`).digest();
  return headers["webhook-signature"].split(" ").some((one) => {
    const [version, text] = one.split(",");
    const given = Buffer.from(text, "base64");
    return version === "v1" && given.length === mac.length && timingSafeEqual(given, mac);
  });
}

/** { url, got, answers, close() }: `answers` are taken one a request, then the last one again and again: a status, or
 *  { status, headers, body, hang, before }. */
export async function receiver({ answers = [200], tls } = {}) {
  const got = [];
  const self = { got, answers };
  const handler = (req, res) => {
    const parts = [];
    req.on("data", (p) => parts.push(p));
    req.on("end", async () => {
      const how = self.answers.length > 1 ? self.answers.shift() : self.answers[0];
      const { status = 200, headers = {}, body = "", hang, before } = typeof how === "number" ? { status: how } : how;
      const one = { method: req.method, path: req.url, headers: req.headers, body: Buffer.concat(parts).toString("utf8"), at: performance.now() };
      got.push(one);
      await before?.(one);
      if (!hang) res.writeHead(status, headers).end(body);
    });
  };
  const server = tls ? https.createServer(tls, handler) : http.createServer(handler);
  await new Promise((go) => server.listen(0, "127.0.0.1", go));
  server.unref();
  return Object.assign(self, {
    url: `${tls ? "https" : "http"}://127.0.0.1:${server.address().port}/hook?for=us`,
    async close() {
      server.closeAllConnections();
      await new Promise((go) => server.close(go));
    },
  });
}
