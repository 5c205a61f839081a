// X.509 certificates made in memory, good ones and bad ones: as much DER (X.690) as RFC 5280 needs for a test.
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { isIPv4 } from "node:net";

const day = 86_400_000;

const tlv = (tag, ...parts) => {
  const body = Buffer.concat(parts);
  if (body.length < 128) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const size = body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
};
const seq = (...parts) => tlv(0x30, ...parts);
const octets = (...parts) => tlv(0x04, ...parts);
const bits = (bytes) => tlv(0x03, Buffer.from([0]), bytes);
const bool = tlv(0x01, Buffer.from([255]));
const int = (bytes) => tlv(0x02, Buffer.from(bytes));

/** An object identifier from its dotted text; each part in base 128. */
function oid(text) {
  const [a, b, ...rest] = text.split(".").map(Number);
  const out = [a * 40 + b];
  for (let n of rest) {
    const part = [n & 127];
    while ((n >>= 7) > 0) part.unshift((n & 127) | 128);
    out.push(...part);
  }
  return tlv(0x06, Buffer.from(out));
}

const time = (ms) => tlv(0x18, Buffer.from(new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, "")));
const named = (text) => seq(tlv(0x31, seq(oid("2.5.4.3"), tlv(0x0c, Buffer.from(text)))));
const ecdsaSha256 = seq(oid("1.2.840.10045.4.3.2"));
const extension = (id, value, critical = false) => seq(oid(id), ...(critical ? [bool] : []), octets(value));
const altName = (host) =>
  isIPv4(host) ? tlv(0x87, Buffer.from(host.split(".").map(Number))) : tlv(0x82, Buffer.from(host));

const spki = (privateKey) => createPublicKey(privateKey).export({ type: "spki", format: "der" });
const keyId = (privateKey) => createHash("sha1").update(spki(privateKey)).digest();

function extensionsOf({ authority, hosts }, own, signer) {
  const ids = [extension("2.5.29.14", octets(keyId(own))), extension("2.5.29.35", seq(tlv(0x80, keyId(signer))))];
  const list = authority
    ? [extension("2.5.29.19", seq(bool), true), extension("2.5.29.15", tlv(0x03, Buffer.from([1, 6])), true)]
    : [
        extension("2.5.29.19", seq(), true),
        extension("2.5.29.37", seq(oid("1.3.6.1.5.5.7.3.1"))),
        extension("2.5.29.17", seq(...hosts.map(altName))),
      ];
  return tlv(0xa3, seq(...list, ...ids));
}

const pem = (der) => `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replace(/.{64}(?=.)/g, "$&\n")}\n-----END CERTIFICATE-----\n`;

/** One certificate: { name, key (PEM), cert (PEM) }. `issuer` is another one; without it, it signs itself. */
export function certificate({ name, hosts = [], authority = false, issuer, from = Date.now() - day, to = Date.now() + 30 * day }) {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const signer = issuer ?? { name, privateKey };
  const serial = randomBytes(8);
  serial[0] = (serial[0] & 0x7f) | 1;
  const body = seq(
    tlv(0xa0, int([2])),
    int(serial),
    ecdsaSha256,
    named(signer.name),
    seq(time(from), time(to)),
    named(name),
    spki(privateKey),
    extensionsOf({ authority, hosts }, privateKey, signer.privateKey),
  );
  const der = seq(body, ecdsaSha256, bits(sign("sha256", body, signer.privateKey)));
  return { name, privateKey, key: privateKey.export({ type: "pkcs8", format: "pem" }), cert: pem(der) };
}

/** The hosts that the fakes stand for, besides the loopback they listen on. */
export const hosts = [
  "127.0.0.1",
  "localhost",
  "*.salesforce.com",
  "*.my.salesforce.com",
  "*.sandbox.my.salesforce.com",
  "*.googleapis.com",
  "docs.google.com",
];

let root;
/** The test authority of this process; its `cert` is what a client under test is told to trust. */
export const authority = () => (root ??= certificate({ name: "Test authority", authority: true }));

let leaf;
/** { key, cert } that a client which trusts `authority().cert` accepts for all of `hosts`. */
export const goodTls = () => (leaf ??= certificate({ name: "Test server", hosts, issuer: authority() }));

/** What a verifying client must refuse, by kind: { key, cert, ...options of tls.createServer }. */
export const badTls = {
  expired: () => certificate({ name: "Expired", hosts, issuer: authority(), from: Date.now() - 60 * day, to: Date.now() - 30 * day }),
  not_yet_valid: () => certificate({ name: "Early", hosts, issuer: authority(), from: Date.now() + 30 * day, to: Date.now() + 60 * day }),
  wrong_name: () => certificate({ name: "Other", hosts: ["other.example"], issuer: authority() }),
  self_signed: () => certificate({ name: "Itself", hosts }),
  unknown_issuer: () => certificate({ name: "Stranger", hosts, issuer: certificate({ name: "Unknown authority", authority: true }) }),
  old_version: () => ({ ...goodTls(), minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT:@SECLEVEL=0" }),
};
