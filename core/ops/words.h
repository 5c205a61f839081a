/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/ops: figures and dates as sentences and tables give them. NULL when memory ran out. */
#ifndef DYO_OPS_WORDS_H
#define DYO_OPS_WORDS_H

#include "base/dyo_ctx.h"
#include "series/dyo_calendar.h"

/* "18,432", "12.3", "0.0417": three digits of what is small, thousands marked. */
const char *words_figure(dyo_ctx *ctx, double x);

/* Decimals in which figures that differ by `spread` can be told apart: three digits of it, none where it is large. */
int words_places(double spread);

/* "1,203.50": with that many decimals. */
const char *words_fixed(dyo_ctx *ctx, double x, int places);

/* `text`, the figure x, where it leaves a column of `columns` a blank; else x in three digits, so that no figure is cut. */
const char *words_within(dyo_ctx *ctx, const char *text, double x, size_t columns);

/* "3.9%", "72%". */
const char *words_percent(dyo_ctx *ctx, double percent);

/* "18,432": a whole number. */
const char *words_count(dyo_ctx *ctx, size_t n);

/* "Tuesday 14 May", with the year where it is not that of `today`. */
const char *words_day(dyo_ctx *ctx, dyo_time t, dyo_time today);

/* "2 Jan 2023", "Jan 2023", "2023", "2 Jan 2023 14:00": as much of the date as the frequency tells. */
const char *words_date(dyo_ctx *ctx, dyo_time t, dyo_freq f);

/* "daily", "every 15 minutes"; "numbered" without a frequency. */
const char *words_frequency(dyo_ctx *ctx, dyo_freq f);

/* "day", "month"; "step" without a frequency. */
const char *words_period(dyo_freq f);

#endif
