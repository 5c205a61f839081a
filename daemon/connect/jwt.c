/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connect/jwt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "json/dyo_json.h"

/* Base64url without padding (RFC 7515, 2), appended. */
static void put_base64url(dyo_buf *b, const unsigned char *bytes, size_t n)
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (size_t i = 0; i < n; i += 3) {
    const unsigned v =
      (unsigned)bytes[i] << 16 | (i + 1 < n ? (unsigned)bytes[i + 1] << 8 : 0) | (i + 2 < n ? bytes[i + 2] : 0);
    const char four[4] = {letters[v >> 18], letters[v >> 12 & 63], letters[v >> 6 & 63], letters[v & 63]};
    dyo_buf_add(b, four, n - i >= 3 ? 4 : n - i + 1);
  }
}

bool jwt_sha256(const char *text, char out[JWT_SHA256])
{
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned      n  = 0;
  dyo_buf       b  = {0};
  const bool    ok = EVP_Digest(text, strlen(text), digest, &n, EVP_sha256(), NULL) == 1;
  if (ok) put_base64url(&b, digest, n);
  const bool fits = ok && !b.failed && b.n + 1 == JWT_SHA256;
  snprintf(out, JWT_SHA256, "%s", fits ? b.s : "");
  dyo_buf_free(&b);
  return fits;
}

static int no_passphrase(char *buf, int size, int rwflag, void *user)
{
  (void)buf, (void)size, (void)rwflag, (void)user;
  return -1;
}

static const char *algorithm_of(EVP_PKEY *key)
{
  char   curve[32];
  size_t n = 0;
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) return EVP_PKEY_get_bits(key) >= 2048 ? "RS256" : NULL;
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC || EVP_PKEY_get_group_name(key, curve, sizeof curve, &n) != 1)
    return NULL;
  return strcmp(curve, "prime256v1") == 0 ? "ES256" : NULL;
}

static EVP_PKEY *read_key(const char *pem)
{
  BIO      *bio = BIO_new_mem_buf(pem, (int)strlen(pem));
  EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
  BIO_free(bio);
  ERR_clear_error();
  if (key && algorithm_of(key)) return key;
  EVP_PKEY_free(key);
  return NULL;
}

const char *jwt_algorithm(const char *pem)
{
  EVP_PKEY   *key  = read_key(pem);
  const char *name = key ? algorithm_of(key) : NULL;
  EVP_PKEY_free(key);
  return name;
}

static dyo_status refuse(const char *path, dyo_err *err)
{
  return dyo_fail(
    err, DYO_INVALID_INPUT, path,
    "found something else; the PEM text of an RSA private key of 2048 bits or more, without a passphrase, "
    "is expected");
}

dyo_status jwt_key_ok(const char *pem, const char *path, dyo_err *err)
{
  const char *name = jwt_algorithm(pem);
  return name && strcmp(name, "RS256") == 0 ? DYO_OK : refuse(path, err);
}

static bool sign(EVP_PKEY *key, const char *text, size_t n, unsigned char *out, size_t *n_out)
{
  EVP_MD_CTX *ctx = EVP_MD_CTX_new();
  const bool  ok  = ctx && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
                  EVP_DigestSign(ctx, out, n_out, (const unsigned char *)text, n) == 1;
  EVP_MD_CTX_free(ctx);
  return ok;
}

/* What OpenSSL gives for a curve is DER; RFC 7518, 3.4, wants both numbers of 32 bytes, one behind the other. */
static bool plain_numbers(unsigned char *signature, size_t *n)
{
  const unsigned char *at  = signature;
  ECDSA_SIG           *two = d2i_ECDSA_SIG(NULL, &at, (long)*n);
  const bool           ok  = two && BN_bn2binpad(ECDSA_SIG_get0_r(two), signature, 32) == 32 &&
                  BN_bn2binpad(ECDSA_SIG_get0_s(two), signature + 32, 32) == 32;
  ECDSA_SIG_free(two);
  *n = 64;
  return ok;
}

dyo_status jwt_sign(const char *header, const char *claims, const char *pem, const char *path, char **out, dyo_err *err)
{
  unsigned char signature[2048];
  size_t        n   = sizeof signature;
  dyo_buf       b   = {.secret = true};
  EVP_PKEY     *key = read_key(pem);
  *out              = NULL;
  if (!key) return refuse(path, err);
  put_base64url(&b, (const unsigned char *)header, strlen(header));
  dyo_buf_puts(&b, ".");
  put_base64url(&b, (const unsigned char *)claims, strlen(claims));
  bool ok = !b.failed && EVP_PKEY_get_size(key) <= (int)sizeof signature && sign(key, b.s, b.n, signature, &n);
  if (ok && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) ok = plain_numbers(signature, &n);
  EVP_PKEY_free(key);
  dyo_buf_puts(&b, ".");
  if (ok) put_base64url(&b, signature, n);
  *out = b.s;
  if (ok && !b.failed) return DYO_OK;
  dyo_buf_free(&b);
  *out = NULL;
  return dyo_fail(err, DYO_INTERNAL, "", "the assertion could not be signed");
}
