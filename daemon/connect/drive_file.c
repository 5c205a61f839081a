/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of one file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "connect/drive.h"
#include "connect/pieces.h"

enum { TRIES = 3 };
static const size_t most_bytes = (size_t)256 << 20;

#define XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

void drive_content_free(drive_content *c)
{
  free(c->bytes);
  c->bytes  = NULL;
  c->n      = 0;
  c->values = false;
  c->state  = FILE_HERE;
  c->why[0] = '\0';
}

/* A page where a file should be is a fault that may pass: no table is HTML. */
static fault judge_content(const web_reply *r, char *code, size_t code_room, char *message, size_t room)
{
  char type[96];
  if (r->status < 300 && web_header_of(r, "content-type", type, sizeof type) && strncmp(type, "text/html", 9) == 0) {
    snprintf(message, room, "a page came instead of the file");
    return FAULT_TRANSIENT;
  }
  return drive_judge(r, code, code_room, message, room);
}

static dyo_status ask_content(session *s, const drive_file *f, web_reply *r, dyo_err *err)
{
  dyo_buf url = {0};
  dyo_buf_printf(&url, "%s/drive/v3/files/", drive_host(s, "https://www.googleapis.com"));
  web_put_encoded(&url, f->id);
  if (drive_is_sheet(f)) {
    dyo_buf_puts(&url, "/export?alt=media");
    web_put_form(&url, "mimeType", XLSX);
  } else {
    dyo_buf_puts(&url, "?alt=media&supportsAllDrives=true");
  }
  const ask  a  = {.method = "GET", .url = url.s, .most = most_bytes, .bearer = true, .judge = judge_content};
  dyo_status st = url.failed ? dyo_oom(err) : session_ask(s, &a, r, err);
  dyo_buf_free(&url);
  return st;
}

static bool digest_is(const EVP_MD *kind, const char *bytes, size_t n, const char *wanted)
{
  unsigned char d[EVP_MAX_MD_SIZE];
  unsigned      size = 0;
  char          text[2 * EVP_MAX_MD_SIZE + 1];
  if (EVP_Digest(bytes, n, d, &size, kind, NULL) != 1) return false;
  for (unsigned i = 0; i < size; i++) snprintf(text + 2 * (size_t)i, 3, "%02x", d[i]);
  return strcmp(text, wanted) == 0;
}

bool drive_proven(const drive_file *f, const char *bytes, size_t n)
{
  if (f->size >= 0 && (uint64_t)f->size != n) return false;
  if (f->sha256[0]) return digest_is(EVP_sha256(), bytes, n, f->sha256);
  return f->md5[0] && digest_is(EVP_md5(), bytes, n, f->md5);
}

/* A request that failed: of this file alone, or of all. */
static dyo_status failed(session *s, drive_content *out, dyo_status st, const dyo_err *err)
{
  if (st != DYO_UPSTREAM_ERROR || s->last != FAULT_TERMINAL) return st;
  out->state = drive_gone(s) ? FILE_GONE : FILE_REFUSED;
  snprintf(out->why, sizeof out->why, "%.150s", err->message);
  return DYO_OK;
}

/* Too large to export: by its values, of the sheet that the settings name. */
static dyo_status by_values(session *s, const drive_file *f, drive_content *out, dyo_err *err)
{
  const drive_config *c = s->config;
  char      *sheet      = c->parse ? piece_string(piece_member(piece_of(c->parse, strlen(c->parse)), "sheet")) : NULL;
  dyo_buf    csv        = {0};
  dyo_status st         = drive_sheet_csv(s, f, sheet, &csv, err);
  free(sheet);
  if (st == DYO_OK && csv.failed) st = dyo_oom(err);
  if (st == DYO_OK) {
    out->values = true;
    out->bytes  = csv.s;
    out->n      = csv.n;
    return DYO_OK;
  }
  dyo_buf_free(&csv);
  return failed(s, out, st, err);
}

static dyo_status from_drive(session *s, const drive_file *f, drive_content *out, dyo_err *err)
{
  web_reply  r  = {0};
  dyo_status st = ask_content(s, f, &r, err);
  if (st == DYO_UPSTREAM_ERROR && drive_is_sheet(f) && strcmp(s->last_code, "exportSizeLimitExceeded") == 0)
    return by_values(s, f, out, err);
  if (st != DYO_OK) return failed(s, out, st, err);
  out->bytes = r.body;
  out->n     = r.n;
  r.body     = NULL;
  web_reply_free(&r);
  return DYO_OK;
}

/* One try. *good: what came is what *f says. */
static dyo_status try_fetch(session *s, dyo_ctx *ctx, drive_file *f, drive_content *out, bool *good, dyo_err *err)
{
  drive_file now   = *f;
  bool       found = true;
  dyo_status st    = drive_way_try(s, f, &out->bytes, &out->n, err);
  *good            = st == DYO_OK && out->bytes;
  if (st == DYO_OK && !*good) st = from_drive(s, f, out, err);
  if (st != DYO_OK || out->state != FILE_HERE || *good) return st;
  *good = !drive_is_sheet(f) && drive_proven(f, out->bytes, out->n);
  if (*good) return DYO_OK;
  st = drive_get(s, ctx, f->id, &now, &found, err);
  if (st == DYO_OK && !found) out->state = FILE_GONE;
  *good = found && drive_is_sheet(f) && strcmp(now.version, f->version) == 0;
  if (found) *f = now;
  return st;
}

static bool may_have(const drive_file *f, drive_content *out)
{
  const char *why = !f->can_download                ? "it may not be downloaded"
                    : f->size > (int64_t)most_bytes ? "it is larger than 256 MiB"
                                                    : NULL;
  *out            = (drive_content){.state = why ? FILE_REFUSED : FILE_HERE};
  if (why) snprintf(out->why, sizeof out->why, "%s", why);
  return !why;
}

dyo_status drive_fetch(session *s, dyo_ctx *ctx, drive_file *f, drive_content *out, dyo_err *err)
{
  bool       good = false;
  dyo_status st   = DYO_OK;
  if (!may_have(f, out)) return DYO_OK;
  for (int i = 0; i < TRIES && st == DYO_OK && !good && out->state == FILE_HERE; i++) {
    drive_content_free(out);
    st = try_fetch(s, ctx, f, out, &good, err);
  }
  if (st == DYO_OK && (good || out->state != FILE_HERE)) return DYO_OK;
  drive_content_free(out);
  out->state = FILE_BROKEN;
  snprintf(out->why, sizeof out->why, "what came is not what Drive says the file is, %d times", (int)TRIES);
  return st;
}
