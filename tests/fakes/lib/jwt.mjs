// JSON Web Tokens as both vendors take them: RS256 and nothing else (RFC 7515, RFC 7523).
import { verify } from "node:crypto";

/** { header, claims } of a signed token, or a word for what is wrong with it. */
export function readJwt(token, keyOf) {
  const parts = String(token).split(".");
  if (parts.length !== 3 || parts.some((p) => !/^[A-Za-z0-9_-]+$/.test(p))) return "malformed";
  let header, claims;
  try {
    [header, claims] = parts.slice(0, 2).map((p) => JSON.parse(Buffer.from(p, "base64url").toString("utf8")));
  } catch {
    return "malformed";
  }
  if (header.alg !== "RS256") return "algorithm";
  const key = keyOf(claims, header);
  if (!key) return "unknown";
  const signed = verify("sha256", Buffer.from(`${parts[0]}.${parts[1]}`), key, Buffer.from(parts[2], "base64url"));
  return signed ? { header, claims } : "signature";
}
