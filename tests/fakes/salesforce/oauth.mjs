// The token endpoint of an org: refresh tokens (with rotation where the app has it), JWT bearer and client credentials.
import { randomBytes } from "node:crypto";
import { readJwt } from "../lib/jwt.mjs";

const orgId = "00D5g00000ABCDEEA2";
const userId = "0055g00000ABCDEAA4";
const minute = 60_000;
const refused = (error, description, status = 400) => ({ status, body: { error, error_description: description } });

export class OAuth {
  apps = new Map();
  refreshTokens = new Map(); // token -> { app, user, dead, spent }
  sessions = new Map(); // access token -> { user, until }
  sessionLife = 120 * minute;
  /** Whom tokens were given to, in order: { flow, client_id }. */
  granted = [];

  constructor(fake) {
    this.fake = fake;
  }

  /** A connected app. `certificate`: a public key for JWT; `rotate`: a refresh gives a new token and ends the old one. */
  addApp({ clientId = "3MVG9fake", clientSecret = "secret", certificate, users = ["user@acme.example"], rotate = false, flows = ["refresh_token", "jwt", "client_credentials"], runAs = "user@acme.example" } = {}) {
    const app = { clientId, clientSecret, certificate, users, rotate, flows, runAs };
    this.apps.set(clientId, app);
    return app;
  }

  /** A refresh token as the browser's consent gives it. */
  consent(app, user = app.users[0]) {
    const token = `5Aep861${randomBytes(24).toString("base64url")}`;
    this.refreshTokens.set(token, { app, user, dead: false, spent: false });
    return token;
  }

  /** Ends every session now, as a policy or an administrator does. */
  expireSessions() {
    this.sessions.clear();
  }

  /** An access token that needs no exchange. */
  session(user = "user@acme.example") {
    const token = `${orgId.slice(0, 15)}!AR8AQ${randomBytes(40).toString("base64url")}`;
    this.sessions.set(token, { user, until: this.fake.clock.now() + this.sessionLife });
    return token;
  }

  #grant(app, user, flow, more = {}) {
    this.granted.push({ flow, client_id: app.clientId });
    const base = this.fake.instance ?? this.fake.url;
    return {
      body: {
        access_token: this.session(user),
        instance_url: base,
        id: `${base}/id/${orgId}/${userId}`,
        token_type: "Bearer",
        issued_at: String(this.fake.clock.now()),
        signature: randomBytes(32).toString("base64"),
        scope: flow === "jwt" ? "api" : "api refresh_token",
        ...more,
      },
    };
  }

  #app(request, form, secret) {
    const basic = /^Basic (\S+)$/.exec(request.headers.authorization ?? "");
    const [id, given] = basic ? Buffer.from(basic[1], "base64").toString().split(":") : [form.get("client_id"), form.get("client_secret")];
    const app = this.apps.get(id);
    if (!app) return refused("invalid_client_id", "client identifier invalid");
    if (secret && app.clientSecret !== null && given !== app.clientSecret) return refused("invalid_client", "invalid client credentials");
    return app;
  }

  #refresh(request, form) {
    const app = this.#app(request, form, true);
    if (app.status) return app;
    const held = this.refreshTokens.get(form.get("refresh_token"));
    if (!held || held.app !== app || held.dead) return refused("invalid_grant", "expired access/refresh token");
    if (held.spent) return refused("invalid_grant", "expired authorization code");
    if (!app.rotate) return this.#grant(app, held.user, "refresh_token");
    held.spent = true;
    setImmediate(() => Object.assign(held, { dead: true })); // in the same moment it is "expired authorization code"
    return this.#grant(app, held.user, "refresh_token", { refresh_token: this.consent(app, held.user) });
  }

  #bearer(form) {
    const token = readJwt(form.get("assertion"), (claims) => this.apps.get(claims.iss)?.certificate);
    if (token === "unknown") return refused("invalid_client_id", "client identifier invalid");
    if (typeof token === "string") return refused("invalid_grant", "invalid assertion");
    const { iss, sub, aud, exp } = token.claims;
    const app = this.apps.get(iss);
    const now = this.fake.clock.now() / 1000;
    const mine = ["https://login.salesforce.com", "https://test.salesforce.com", this.fake.url, this.fake.instance];
    if (!mine.includes(aud)) return refused("invalid_grant", "audience is invalid");
    if (!(exp > now - 180)) return refused("invalid_grant", "expired authorization code");
    if (!(exp <= now + 300)) return refused("invalid_grant", "invalid assertion");
    if (!app.flows.includes("jwt") || !app.users.includes(sub)) return refused("invalid_grant", "user hasn't approved this consumer");
    return this.#grant(app, sub, "jwt");
  }

  #credentials(request, form) {
    const app = this.#app(request, form, true);
    if (app.status) return app;
    if (!app.flows.includes("client_credentials")) return refused("invalid_grant", "no client credentials user enabled");
    return this.#grant(app, app.runAs, "client_credentials");
  }

  token(request) {
    if (request.method !== "POST") return refused("invalid_request", "must use HTTP POST");
    const type = request.headers["content-type"] ?? "";
    if (!type.startsWith("application/x-www-form-urlencoded")) return refused("unsupported_grant_type", "grant type not supported");
    const form = request.form;
    switch (form.get("grant_type")) {
      case "refresh_token":
        return this.#refresh(request, form);
      case "urn:ietf:params:oauth:grant-type:jwt-bearer":
        return this.#bearer(form);
      case "client_credentials":
        return this.#credentials(request, form);
      default:
        return refused("unsupported_grant_type", "grant type not supported");
    }
  }

  revoke(request) {
    const token = request.form.get("token") ?? request.query.get("token");
    const held = this.refreshTokens.get(token);
    if (held) held.dead = true;
    return held || this.sessions.delete(token) ? { status: 200, body: "" } : refused("invalid_token", "invalid token");
  }

  /** The session of a request, or null. A session slides: use makes it last. */
  check(request) {
    const [, token] = /^(?:Bearer|OAuth) (\S+)$/.exec(request.headers.authorization ?? "") ?? [];
    const session = this.sessions.get(token);
    const now = this.fake.clock.now();
    if (!session || session.until <= now) return null;
    session.until = now + this.sessionLife;
    return session;
  }
}
