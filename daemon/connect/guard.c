/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connect/guard.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* IANA's special-purpose registries. */
static const struct {
  uint32_t    net;
  int         bits;
  const char *what;
} v4_ranges[] = {
  {0x00000000, 8, "this network"},   {0x0a000000, 8, "private"},        {0x64400000, 10, "shared"},
  {0x7f000000, 8, "loopback"},       {0xa9fe0000, 16, "link-local"},    {0xac100000, 12, "private"},
  {0xc0000000, 24, "reserved"},      {0xc0000200, 24, "documentation"}, {0xc0586300, 24, "reserved"},
  {0xc0a80000, 16, "private"},       {0xc6120000, 15, "benchmarking"},  {0xc6336400, 24, "documentation"},
  {0xcb007100, 24, "documentation"}, {0xe0000000, 4, "multicast"},      {0xf0000000, 4, "reserved"},
};

static const struct {
  uint8_t     net[4];
  int         bits;
  const char *what;
} v6_ranges[] = {
  {{0xfc, 0x00}, 7, "private"},        {{0xfe, 0x80}, 10, "link-local"},
  {{0xfe, 0xc0}, 10, "private"},       {{0xff, 0x00}, 8, "multicast"},
  {{0x01, 0x00}, 8, "reserved"},       {{0x20, 0x01, 0x0d, 0xb8}, 32, "documentation"},
  {{0x3f, 0xff}, 20, "documentation"}, {{0x5f, 0x00}, 16, "reserved"},
};

static const char *refuse_v4(uint32_t a, bool loopback)
{
  for (size_t i = 0; i < sizeof v4_ranges / sizeof *v4_ranges; i++) {
    const uint32_t mask = UINT32_MAX << (32 - v4_ranges[i].bits);
    if ((a & mask) != v4_ranges[i].net) continue;
    return loopback && v4_ranges[i].net == 0x7f000000 ? NULL : v4_ranges[i].what;
  }
  return NULL;
}

static uint32_t v4_at(const uint8_t *b)
{
  return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static bool begins(const uint8_t *a, const uint8_t *net, int bits)
{
  for (int i = 0; bits > 0; i++, bits -= 8) {
    const uint8_t mask = (uint8_t)(bits >= 8 ? 0xff : 0xff << (8 - bits));
    if ((a[i] & mask) != (net[i] & mask)) return false;
  }
  return true;
}

/* Forms of IPv6 that carry an IPv4 address are what that one is. */
static const char *refuse_v6(const uint8_t a[16], bool loopback)
{
  static const uint8_t zero[16] = {0}, one[16] = {[15] = 1};
  static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}, nat64[12] = {0x00, 0x64, 0xff, 0x9b};
  static const uint8_t local64[6] = {0x00, 0x64, 0xff, 0x9b, 0x00, 0x01};
  if (memcmp(a, one, 16) == 0) return loopback ? NULL : "loopback";
  if (memcmp(a, zero, 16) == 0) return "this network";
  if (memcmp(a, mapped, 12) == 0 || memcmp(a, nat64, 12) == 0 || memcmp(a, zero, 12) == 0)
    return refuse_v4(v4_at(a + 12), loopback);
  if (memcmp(a, local64, 6) == 0) return "private";
  if (a[0] == 0x20 && a[1] == 0x02) return refuse_v4(v4_at(a + 2), false);                             /* 6to4 */
  if (a[0] == 0x20 && a[1] == 0x01 && a[2] == 0 && a[3] == 0) return refuse_v4(~v4_at(a + 12), false); /* Teredo */
  for (size_t i = 0; i < sizeof v6_ranges / sizeof *v6_ranges; i++)
    if (begins(a, v6_ranges[i].net, v6_ranges[i].bits)) return v6_ranges[i].what;
  return NULL;
}

const char *guard_refuses(const struct sockaddr *address, socklen_t n, bool loopback)
{
  if (address->sa_family == AF_INET && n >= (socklen_t)sizeof(struct sockaddr_in)) {
    struct sockaddr_in v4;
    memcpy(&v4, address, sizeof v4);
    return refuse_v4(ntohl(v4.sin_addr.s_addr), loopback);
  }
  if (address->sa_family == AF_INET6 && n >= (socklen_t)sizeof(struct sockaddr_in6)) {
    struct sockaddr_in6 v6;
    memcpy(&v6, address, sizeof v6);
    return refuse_v6(v6.sin6_addr.s6_addr, loopback);
  }
  return "no internet address";
}

/* --- URLs ------------------------------------------------------------------------------------------------------------------ */

static bool is_loopback(const char *host)
{
  struct in_addr  v4;
  struct in6_addr v6;
  if (strcmp(host, "localhost") == 0) return true;
  if (inet_pton(AF_INET, host, &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

/* The host at s, which ends before the port, path or query; where it ended, or NULL. */
static const char *read_host(const char *s, guard_url *out)
{
  const bool   six = *s == '[';
  const size_t n   = six ? strcspn(s + 1, "]") : strcspn(s, ":/?#@\\ ");
  const char  *at  = six ? s + 1 : s;
  if (n == 0 || n >= sizeof out->host || (six && at[n] != ']')) return NULL;
  for (size_t i = 0; i < n; i++) {
    const unsigned char c = (unsigned char)at[i];
    if (!(isalnum(c) || c == '-' || c == '.' || c == '_' || (six && c == ':'))) return NULL;
    out->host[i] = (char)tolower(c);
  }
  out->host[n] = '\0';
  return at + n + (six ? 1 : 0);
}

static bool read_parts(const char *url, guard_url *out)
{
  *out      = (guard_url){.https = strncmp(url, "https://", 8) == 0};
  out->port = out->https ? 443 : 80;
  if (!out->https && strncmp(url, "http://", 7) != 0) return false;
  const char *s = read_host(url + (out->https ? 8 : 7), out);
  if (s && *s == ':') {
    char      *end  = NULL;
    const long port = s[1] >= '0' && s[1] <= '9' ? strtol(s + 1, &end, 10) : 0;
    if (port < 1 || port > 65535) return false;
    out->port = (int)port;
    s         = end;
  }
  if (!s || (*s && *s != '/' && *s != '?')) return false;
  for (const char *c = url; *c; c++)
    if ((unsigned char)*c <= 0x20 || (unsigned char)*c >= 0x7f || *c == '#' || *c == '\\') return false;
  out->path = s;
  return true;
}

dyo_status guard_read(const char *url, bool loopback, guard_url *out, dyo_err *err)
{
  if (!read_parts(url, out))
    return dyo_fail(err, DYO_INVALID_INPUT, "", "found \"%.80s\"; an address such as https://example.com is expected",
                    url);
  if (out->https || (loopback && is_loopback(out->host))) return DYO_OK;
  return dyo_fail(err, DYO_INVALID_INPUT, "", "found \"%.80s\"; only https is spoken", url);
}

bool guard_below(const char *host, const char *domain)
{
  const size_t n = strlen(host), m = strlen(domain);
  return n >= m && strcmp(host + n - m, domain) == 0 && (n == m || host[n - m - 1] == '.');
}
