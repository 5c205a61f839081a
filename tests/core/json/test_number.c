/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/dyo_json.h"
#include "num/dyo_rng.h"

static void reads_back(double x)
{
  char text[DYO_NUMBER_CHARS];
  dyo_number_text(x, text);
  if (strtod(text, NULL) != x) fail_msg("%.17g was written as %s", x, text);
}

/* Every bit pattern is as likely as the next; and the sizes that data has. */
static void every_finite_double_reads_back(void **state)
{
  dyo_rng r = dyo_rng_seed(7);
  (void)state;
  for (int i = 0; i < 200000; i++) {
    const uint64_t bits = dyo_rng_bits(&r);
    double         x    = 0;
    memcpy(&x, &bits, sizeof x);
    if (isfinite(x)) reads_back(x);
    reads_back(sqrt((double)(bits % 1000000)));
    reads_back((double)(int64_t)(bits % 2000001) / 1000 - 1000);
  }
}

/* ECMA-262, Number::toString: the layout other JavaScript programs print. */
static void layout_is_that_of_javascript(void **state)
{
  static const struct {
    double      x;
    const char *text;
  } cases[] = {{0, "0"},
               {1, "1"},
               {-1.5, "-1.5"},
               {0.1, "0.1"},
               {1e21, "1e+21"},
               {123456789012345680.0, "123456789012345680"},
               {1e-6, "0.000001"},
               {1e-7, "1e-7"},
               {5e-324, "5e-324"},
               {1.7976931348623157e308, "1.7976931348623157e+308"},
               {9007199254740993.0, "9007199254740992"},
               {1.0 / 3, "0.3333333333333333"}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[DYO_NUMBER_CHARS];
    assert_int_equal(dyo_number_text(cases[i].x, text), strlen(cases[i].text));
    assert_string_equal(text, cases[i].text);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_finite_double_reads_back),
                                     cmocka_unit_test(layout_is_that_of_javascript)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
