/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shortest decimal digits of a double: F. Loitsch (2010), "Printing floating-point numbers quickly and accurately with integers",
 * PLDI, algorithm Grisu2. The digits always read back as the same double; they are the fewest possible in 99.9 % of cases.
 * A C library's printf would need up to three tries of 17 digits, each through 128-bit soft floats in wasm. */
#include "json/dyo_json.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

typedef struct {
  uint64_t f;
  int      e;
} fp; /* f * 2^e */

/* 10^k for k = -348, -340, ... 340, normalised to 64 bits and rounded. */
static const fp powers[] = {{0xfa8fd5a0081c0288u, -1220}, {0xbaaee17fa23ebf76u, -1193}, {0x8b16fb203055ac76u, -1166},
                            {0xcf42894a5dce35eau, -1140}, {0x9a6bb0aa55653b2du, -1113}, {0xe61acf033d1a45dfu, -1087},
                            {0xab70fe17c79ac6cau, -1060}, {0xff77b1fcbebcdc4fu, -1034}, {0xbe5691ef416bd60cu, -1007},
                            {0x8dd01fad907ffc3cu, -980},  {0xd3515c2831559a83u, -954},  {0x9d71ac8fada6c9b5u, -927},
                            {0xea9c227723ee8bcbu, -901},  {0xaecc49914078536du, -874},  {0x823c12795db6ce57u, -847},
                            {0xc21094364dfb5637u, -821},  {0x9096ea6f3848984fu, -794},  {0xd77485cb25823ac7u, -768},
                            {0xa086cfcd97bf97f4u, -741},  {0xef340a98172aace5u, -715},  {0xb23867fb2a35b28eu, -688},
                            {0x84c8d4dfd2c63f3bu, -661},  {0xc5dd44271ad3cdbau, -635},  {0x936b9fcebb25c996u, -608},
                            {0xdbac6c247d62a584u, -582},  {0xa3ab66580d5fdaf6u, -555},  {0xf3e2f893dec3f126u, -529},
                            {0xb5b5ada8aaff80b8u, -502},  {0x87625f056c7c4a8bu, -475},  {0xc9bcff6034c13053u, -449},
                            {0x964e858c91ba2655u, -422},  {0xdff9772470297ebdu, -396},  {0xa6dfbd9fb8e5b88fu, -369},
                            {0xf8a95fcf88747d94u, -343},  {0xb94470938fa89bcfu, -316},  {0x8a08f0f8bf0f156bu, -289},
                            {0xcdb02555653131b6u, -263},  {0x993fe2c6d07b7facu, -236},  {0xe45c10c42a2b3b06u, -210},
                            {0xaa242499697392d3u, -183},  {0xfd87b5f28300ca0eu, -157},  {0xbce5086492111aebu, -130},
                            {0x8cbccc096f5088ccu, -103},  {0xd1b71758e219652cu, -77},   {0x9c40000000000000u, -50},
                            {0xe8d4a51000000000u, -24},   {0xad78ebc5ac620000u, 3},     {0x813f3978f8940984u, 30},
                            {0xc097ce7bc90715b3u, 56},    {0x8f7e32ce7bea5c70u, 83},    {0xd5d238a4abe98068u, 109},
                            {0x9f4f2726179a2245u, 136},   {0xed63a231d4c4fb27u, 162},   {0xb0de65388cc8ada8u, 189},
                            {0x83c7088e1aab65dbu, 216},   {0xc45d1df942711d9au, 242},   {0x924d692ca61be758u, 269},
                            {0xda01ee641a708deau, 295},   {0xa26da3999aef774au, 322},   {0xf209787bb47d6b85u, 348},
                            {0xb454e4a179dd1877u, 375},   {0x865b86925b9bc5c2u, 402},   {0xc83553c5c8965d3du, 428},
                            {0x952ab45cfa97a0b3u, 455},   {0xde469fbd99a05fe3u, 481},   {0xa59bc234db398c25u, 508},
                            {0xf6c69a72a3989f5cu, 534},   {0xb7dcbf5354e9beceu, 561},   {0x88fcf317f22241e2u, 588},
                            {0xcc20ce9bd35c78a5u, 614},   {0x98165af37b2153dfu, 641},   {0xe2a0b5dc971f303au, 667},
                            {0xa8d9d1535ce3b396u, 694},   {0xfb9b7cd9a4a7443cu, 720},   {0xbb764c4ca7a44410u, 747},
                            {0x8bab8eefb6409c1au, 774},   {0xd01fef10a657842cu, 800},   {0x9b10a4e5e9913129u, 827},
                            {0xe7109bfba19c0c9du, 853},   {0xac2820d9623bf429u, 880},   {0x80444b5e7aa7cf85u, 907},
                            {0xbf21e44003acdd2du, 933},   {0x8e679c2f5e44ff8fu, 960},   {0xd433179d9c8cb841u, 986},
                            {0x9e19db92b4e31ba9u, 1013},  {0xeb96bf6ebadf77d9u, 1039},  {0xaf87023b9bf0ee6bu, 1066}};

static const uint64_t tens[] = {1u,
                                10u,
                                100u,
                                1000u,
                                10000u,
                                100000u,
                                1000000u,
                                10000000u,
                                100000000u,
                                1000000000u,
                                10000000000u,
                                100000000000u,
                                1000000000000u,
                                10000000000000u,
                                100000000000000u,
                                1000000000000000u,
                                10000000000000000u,
                                100000000000000000u,
                                1000000000000000000u,
                                10000000000000000000u};

static fp fp_mul(fp a, fp b) /* upper 64 bits of the product, rounded */
{
  const uint64_t m  = 0xffffffffu;
  const uint64_t ah = a.f >> 32, al = a.f & m, bh = b.f >> 32, bl = b.f & m;
  const uint64_t hl = ah * bl, lh = al * bh;
  const uint64_t mid = ((al * bl) >> 32) + (hl & m) + (lh & m) + (1u << 31);
  return (fp){ah * bh + (hl >> 32) + (lh >> 32) + (mid >> 32), a.e + b.e + 64};
}

static fp fp_normal(fp a)
{
  while (!(a.f >> 63)) {
    a.f <<= 1;
    a.e--;
  }
  return a;
}

/* x and the ends of the interval of reals that round to it, all on one exponent. */
static void boundaries(double x, fp *w, fp *lo, fp *hi)
{
  uint64_t bits = 0;
  memcpy(&bits, &x, sizeof bits);
  const uint64_t hidden = (uint64_t)1 << 52, frac = bits & (hidden - 1);
  const int      be = (int)(bits >> 52 & 0x7ff);
  const fp       v  = be ? (fp){frac | hidden, be - 1075} : (fp){frac, -1074};

  *hi = fp_normal((fp){(v.f << 1) + 1, v.e - 1});
  *lo = frac == 0 && be > 1 ? (fp){(v.f << 2) - 1, v.e - 2} : (fp){(v.f << 1) - 1, v.e - 1};
  lo->f <<= lo->e - hi->e;
  lo->e = hi->e;
  *w    = fp_normal(v);
}

/* The power of ten that brings a number of binary exponent e into the window [2^-60, 2^-32] of Grisu. */
static fp cached_power(int e, int *k)
{
  const double dk = (-61 - e) * 0.30102999566398114 + 347;
  int          ik = (int)dk;
  if (dk - ik > 0.0) ik++;
  const int index = (ik >> 3) + 1;
  *k              = 348 - (index << 3);
  return powers[index];
}

/* Move the last digit towards w while that stays inside the interval. */
static void round_weed(char *last, uint64_t delta, uint64_t rest, uint64_t ten, uint64_t w)
{
  while (rest < w && delta - rest >= ten && (rest + ten < w || w - rest > rest + ten - w)) {
    (*last)--;
    rest += ten;
  }
}

static int decimal_digits(uint32_t n)
{
  int d = 1;
  while (d < 10 && n >= tens[d]) d++;
  return d;
}

/* Digits of hi until what is left lies within delta = hi - lo; returns how many, *k becomes the decimal exponent. */
static int digit_gen(fp w, fp hi, uint64_t delta, char *out, int *k)
{
  const int      shift = -hi.e;
  const uint64_t one = (uint64_t)1 << shift, gap = hi.f - w.f;
  uint32_t       p1 = (uint32_t)(hi.f >> shift);
  uint64_t       p2 = hi.f & (one - 1), unit = 1;
  int            len = 0, kappa = decimal_digits(p1);

  while (kappa > 0) {
    const uint32_t ten = (uint32_t)tens[kappa - 1], d = p1 / ten;
    p1 %= ten;
    if (d || len) out[len++] = (char)('0' + d);
    kappa--;
    const uint64_t rest = ((uint64_t)p1 << shift) + p2;
    if (rest <= delta) {
      *k += kappa;
      round_weed(&out[len - 1], delta, rest, (uint64_t)ten << shift, gap);
      return len;
    }
  }
  for (;;) {
    p2 *= 10;
    delta *= 10;
    unit *= 10;
    const char d = (char)(p2 >> shift);
    if (d || len) out[len++] = (char)('0' + d);
    p2 &= one - 1;
    kappa--;
    if (p2 < delta) {
      *k += kappa;
      round_weed(&out[len - 1], delta, p2, one, gap * unit);
      return len;
    }
  }
}

static int grisu2(double x, char *digits, int *k)
{
  fp w, lo, hi;
  boundaries(x, &w, &lo, &hi);
  const fp c = cached_power(hi.e, k);
  const fp W = fp_mul(w, c);
  fp       H = fp_mul(hi, c), L = fp_mul(lo, c);
  L.f++; /* the product may be off by one unit: stay inside */
  H.f--;
  return digit_gen(W, H, H.f - L.f, digits, k);
}

static size_t put_exponent(char *out, int e)
{
  size_t n = 0;
  out[n++] = 'e';
  out[n++] = e < 0 ? '-' : '+';
  if (e < 0) e = -e;
  if (e >= 100) out[n++] = (char)('0' + e / 100);
  if (e >= 10) out[n++] = (char)('0' + e / 10 % 10);
  out[n++] = (char)('0' + e % 10);
  return n;
}

/* digits[0..len) * 10^k as ECMA-262 Number::toString lays it out. */
static size_t layout(const char *digits, int len, int k, char *out)
{
  const int point = len + k; /* digits before the decimal point */
  size_t    n     = 0;
  if (k >= 0 && point <= 21) {
    memcpy(out, digits, (size_t)len);
    memset(out + len, '0', (size_t)k);
    return (size_t)point;
  }
  if (point > 0 && point <= 21) {
    memcpy(out, digits, (size_t)point);
    out[point] = '.';
    memcpy(out + point + 1, digits + point, (size_t)(len - point));
    return (size_t)len + 1;
  }
  if (point > -6 && point <= 0) {
    memcpy(out, "0.", 2);
    memset(out + 2, '0', (size_t)-point);
    memcpy(out + 2 - point, digits, (size_t)len);
    return (size_t)(2 - point + len);
  }
  out[n++] = digits[0];
  if (len > 1) {
    out[n++] = '.';
    memcpy(out + n, digits + 1, (size_t)(len - 1));
    n += (size_t)(len - 1);
  }
  return n + put_exponent(out + n, point - 1);
}

/* Whole numbers up to 2^53 need no search. */
static size_t put_whole(uint64_t v, char *out)
{
  char   rev[20];
  size_t n = 0;
  do {
    rev[n++] = (char)('0' + v % 10);
    v /= 10;
  } while (v);
  for (size_t i = 0; i < n; i++) out[i] = rev[n - 1 - i];
  return n;
}

size_t dyo_number_text(double x, char out[DYO_NUMBER_CHARS])
{
  char   digits[24] = "";
  size_t n          = 0;
  int    k          = 0;
  if (x < 0) {
    out[n++] = '-';
    x        = -x;
  }
  if (x < 9007199254740992.0 && floor(x) == x) {
    n += put_whole((uint64_t)x, out + n);
  } else {
    const int len = grisu2(x, digits, &k);
    n += layout(digits, len, k, out + n);
  }
  out[n] = '\0';
  return n;
}
