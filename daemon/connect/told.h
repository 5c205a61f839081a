/* SPDX-License-Identifier: GPL-3.0-or-later */
/* told.h - numbers and times in sentences, as people read them. */
#ifndef DAEMON_CONNECT_TOLD_H
#define DAEMON_CONNECT_TOLD_H

#include "json/dyo_json.h"

void told_count(dyo_buf *b, int64_t n);                                     /* 12,045 */
void told_things(dyo_buf *b, int64_t n, const char *one, const char *many); /* 12,045 files, 1 file */
void told_newest(dyo_buf *b, int64_t ms, int64_t now_ms); /* ", newest today 09:14 UTC"; nothing where ms is negative */
void told_label(const char *label, char *out, size_t room); /* as inside a sentence: opportunities, VIP accounts */

#endif
