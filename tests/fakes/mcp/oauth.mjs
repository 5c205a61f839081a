// An authorization server for http.mjs, at the same address under /issuer: metadata of the resource and of itself, registration, a sign-in
// that is granted at once, client credentials, and refresh tokens of which only the newest is good.
import { createHash, randomUUID } from "node:crypto";

export class McpOAuth {
  clients = new Map([["machine", "machine secret"]]);
  codes = new Map();
  tokens = new Map(); // access token -> { scope, audience }
  refresh = null;
  shown = []; // Authorization of requests to the server itself
  grants = []; // forms that came to the token endpoint
  resource = null; // what the resource says of itself, in place of the truth
  issuer = null; // and of its issuer
  refuse = false;
  needs = {}; // method -> the scope that a token for it has to have

  constructor(scope = "read") {
    this.scope = scope;
  }

  endAll() {
    this.tokens.clear();
  }

  /** The answer to a request that is not for the server itself; null: it is. */
  answer(request, url) {
    const issuer = `${url}/issuer`;
    switch (`${request.method} ${request.path}`) {
      case "GET /.well-known/oauth-protected-resource/mcp":
        return { body: { resource: this.resource ?? `${url}/mcp`, authorization_servers: [this.issuer ?? issuer], scopes_supported: [this.scope] } };
      case "GET /.well-known/oauth-authorization-server/issuer":
        return {
          body: {
            issuer,
            authorization_endpoint: `${issuer}/authorize`,
            token_endpoint: `${issuer}/token`,
            registration_endpoint: `${issuer}/register`,
            code_challenge_methods_supported: ["S256"],
            token_endpoint_auth_methods_supported: ["client_secret_basic", "none"],
            scopes_supported: [this.scope, "offline_access"],
          },
        };
      case "POST /issuer/register":
        this.clients.set(`person ${this.clients.size}`, null);
        return { status: 201, body: { client_id: [...this.clients.keys()].at(-1), redirect_uris: request.json.redirect_uris } };
      case "GET /issuer/authorize":
        return this.#authorize(request.query);
      case "POST /issuer/token":
        return this.#token(request);
      default:
        return null;
    }
  }

  #authorize(query) {
    const code = randomUUID();
    this.codes.set(code, query);
    return { status: 302, headers: { location: `${query.get("redirect_uri")}?code=${code}&state=${query.get("state")}` }, body: "" };
  }

  #client(request) {
    const basic = /^Basic (.*)$/.exec(request.headers.authorization ?? "");
    if (!basic) return this.clients.get(request.form.get("client_id")) === null;
    const [id, secret] = Buffer.from(basic[1], "base64").toString().split(":").map(decodeURIComponent);
    return this.clients.get(id) === secret;
  }

  #granted(form) {
    switch (form.get("grant_type")) {
      case "client_credentials":
        return true;
      case "refresh_token":
        return form.get("refresh_token") === this.refresh;
      case "authorization_code": {
        const query = this.codes.get(form.get("code"));
        this.codes.delete(form.get("code"));
        return query?.get("code_challenge") === createHash("sha256").update(form.get("code_verifier")).digest("base64url") && query.get("redirect_uri") === form.get("redirect_uri");
      }
      default:
        return false;
    }
  }

  #token(request) {
    const { form } = request;
    this.grants.push(Object.fromEntries(form));
    if (!this.#client(request)) return { status: 401, body: { error: "invalid_client" } };
    if (this.refuse || !this.#granted(form)) return { status: 400, body: { error: "invalid_grant" } };
    const token = `token-${randomUUID()}`;
    this.tokens.set(token, { audience: form.get("resource"), scope: form.get("scope") ?? this.scope });
    if (form.get("grant_type") !== "client_credentials") this.refresh = `refresh-${randomUUID()}`;
    return { body: { access_token: token, token_type: "Bearer", expires_in: 3600, ...(form.get("grant_type") === "client_credentials" ? {} : { refresh_token: this.refresh }) } };
  }

  /** null where the request has a token that is for this server; else the refusal. */
  refusal(request, url) {
    this.shown.push(request.headers.authorization);
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? "")?.[1];
    const known = this.tokens.get(token);
    const metadata = `resource_metadata="${url}/.well-known/oauth-protected-resource/mcp"`;
    const more = this.needs[request.json?.method];
    if (known?.audience === `${url}/mcp` && more && !known.scope.split(" ").includes(more)) return { status: 403, headers: { "www-authenticate": `Bearer error="insufficient_scope", scope="${more}", ${metadata}` }, body: { error: "insufficient_scope" } };
    if (known?.audience === `${url}/mcp`) return null;
    return { status: 401, headers: { "www-authenticate": `Bearer realm="a, b=c", scope="${this.scope}", ${metadata}` }, body: { error: "invalid_token" } };
  }
}
