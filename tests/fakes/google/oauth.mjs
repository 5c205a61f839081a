// Google's token endpoint: refresh tokens of users, and assertions of service accounts.
import { createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { readJwt } from "../lib/jwt.mjs";

const refused = (error, error_description, status = 400) => ({ status, body: { error, error_description } });
const prefix = "https://www.googleapis.com/auth/";
export const scopes = ["drive.readonly", "drive.metadata.readonly", "drive.file", "drive", "spreadsheets.readonly", "spreadsheets"].map((s) => prefix + s);
const audience = "https://oauth2.googleapis.com/token";
const life = 3599;

let pair;
const keys = () => (pair ??= generateKeyPairSync("rsa", { modulusLength: 2048 }));

export class OAuth {
  clients = new Map();
  refreshTokens = new Map(); // token -> { client, scope, dead }
  accounts = new Map(); // e-mail -> { key, delegated }
  sessions = new Map(); // access token -> { scope, until }
  granted = [];

  constructor(fake) {
    this.fake = fake;
  }

  /** `rotate`: a refresh gives a new refresh token and ends the old one, which RFC 6749 allows and Google keeps open. */
  addClient({ clientId = "123-fake.apps.googleusercontent.com", clientSecret = "GOCSPX-fake", rotate = false } = {}) {
    const client = { clientId, clientSecret, rotate };
    this.clients.set(clientId, client);
    return client;
  }

  consent(client, scope = scopes[0]) {
    const token = `1//0fake${randomBytes(24).toString("base64url")}`;
    this.refreshTokens.set(token, { client, scope, dead: false });
    return token;
  }

  /** A service account: its key file as Google gives it. */
  addAccount({ email = "sync@fake.iam.gserviceaccount.com", delegated = false } = {}) {
    const { privateKey } = keys();
    this.accounts.set(email, { key: createPublicKey(privateKey), delegated });
    return {
      type: "service_account",
      project_id: "fake",
      private_key_id: "0123456789abcdef0123456789abcdef01234567",
      private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
      client_email: email,
      client_id: "100000000000000000000",
      auth_uri: "https://accounts.google.com/o/oauth2/auth",
      token_uri: audience,
      universe_domain: "googleapis.com",
    };
  }

  expireSessions() {
    this.sessions.clear();
  }

  session(scope = scopes.join(" ")) {
    const token = `ya29.fake${randomBytes(60).toString("base64url")}`;
    this.sessions.set(token, { scope, until: this.fake.clock.now() + life * 1000 });
    return token;
  }

  #grant(flow, scope, more = {}) {
    this.granted.push({ flow });
    return { body: { access_token: this.session(scope), expires_in: life, scope, token_type: "Bearer", ...more } };
  }

  #refresh(form) {
    const client = this.clients.get(form.get("client_id"));
    if (!client) return refused("invalid_client", "The OAuth client was not found.", 401);
    if (client.clientSecret !== form.get("client_secret")) return refused("invalid_client", "Unauthorized", 401);
    const held = this.refreshTokens.get(form.get("refresh_token"));
    if (!held || held.client !== client) return refused("invalid_grant", "Bad Request");
    if (held.dead) return refused("invalid_grant", "Token has been expired or revoked.");
    if (!client.rotate) return this.#grant("refresh_token", held.scope);
    held.dead = true;
    return this.#grant("refresh_token", held.scope, { refresh_token: this.consent(client, held.scope) });
  }

  #assertion(form) {
    const token = readJwt(form.get("assertion"), (claims) => this.accounts.get(claims.iss)?.key);
    if (token === "unknown") return refused("invalid_grant", "Invalid grant: account not found");
    if (token === "malformed" || token === "algorithm") return refused("invalid_grant", "Invalid JWT.");
    if (token === "signature") return refused("invalid_grant", "Invalid JWT Signature.");
    const { iss, aud, iat, exp, scope, sub } = token.claims;
    const now = this.fake.clock.now() / 1000;
    if (aud !== audience && aud !== `${this.fake.url}/token`) return refused("invalid_grant", "Failed audience check.");
    if (!(iat <= now + 300 && exp > now - 300 && exp <= iat + 3600))
      return refused("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.");
    const asked = String(scope ?? "").split(" ");
    if (!asked.every((s) => scopes.includes(s))) return refused("invalid_scope", "Invalid OAuth scope or ID token audience provided.");
    if (sub && sub !== iss && !this.accounts.get(iss).delegated) return refused("unauthorized_client", "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.", 401);
    return this.#grant("service_account", scope);
  }

  token(request) {
    const form = request.form;
    const type = form.get("grant_type");
    if (type === "refresh_token") return this.#refresh(form);
    if (type === "urn:ietf:params:oauth:grant-type:jwt-bearer") return this.#assertion(form);
    return refused("unsupported_grant_type", `Invalid grant_type: ${type ?? ""}`);
  }

  check(request) {
    const [, token] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "") ?? [];
    const session = this.sessions.get(token);
    return session && session.until > this.fake.clock.now() ? session : null;
  }
}
