/* SPDX-License-Identifier: GPL-3.0-or-later */
/* forecast FILE and plan FILE: the reports for people. Their flags are the fields of report.forecast and report.plan, by the rows of the
 * table: --forecast-horizon 12, --date-order dmy. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/cli.h"
#include "json/dyo_json.h"
#include "ops/dyo_call.h"
#include "ops/dyo_ops.h"
#include "ops/dyo_report.h"

enum { FLAG_MOST = 128, NAME = 64 };

typedef struct {
  char             name[NAME]; /* without the dashes in front */
  const dyo_field *field;
  bool             of_file; /* a member of `file` */
} flag;

typedef struct {
  const char *command;
  flag        flags[FLAG_MOST];
  size_t      n;
  bool        given[FLAG_MOST], format_given;
  const char *file, *stock, *out;
  dyo_buf     top, in_file; /* members of the request, and of its `file` */
} report_args;

/* On a screen a failure is a sentence; elsewhere the line of JSON that programs read. */
static int complain(const char *command, const dyo_err *err)
{
  if (!isatty(STDERR_FILENO)) return cli_fail(err);
  fprintf(stderr, "dyocensed %s: %s\n", command, err->message);
  return cli_exit_status(err->code);
}

static int usage(const char *command, const char *fmt, ...)
{
  dyo_err err;
  char    text[256];
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  dyo_fail(&err, DYO_INVALID_INPUT, "", "%s; see dyocensed %s --help", text, command);
  return complain(command, &err);
}

/* Short words for what is typed most. */
static const struct {
  const char *word, *field;
} aliases[] = {{"horizon", "forecast_horizon"}, {"model", "model_type"}, {"level", "confidence_level"}};

static bool offered(const dyo_field *f, bool of_file)
{
  static const char *const not_of_file[] = {"path", "name", "format", "content_base64", NULL}; /* the file itself */
  if (f->type == DYO_T_BYTES || f->type == DYO_T_OBJ || f->type == DYO_T_LIST || f->type == DYO_T_MAP) return false;
  for (size_t i = 0; of_file && not_of_file[i]; i++)
    if (strcmp(f->name, not_of_file[i]) == 0) return false;
  return true;
}

static const flag *flag_find(const report_args *a, const char *name)
{
  for (size_t i = 0; i < a->n; i++)
    if (strcmp(a->flags[i].name, name) == 0) return &a->flags[i];
  return NULL;
}

static void flag_add(report_args *a, const char *name, const dyo_field *f, bool of_file)
{
  flag *to = &a->flags[a->n];
  if (a->n == FLAG_MOST) return;
  snprintf(to->name, sizeof to->name, "%s", name);
  for (char *c = to->name; *c; c++)
    if (*c == '_') *c = '-';
  if (flag_find(a, to->name)) return; /* the report's own field goes before the file's */
  to->field = f, to->of_file = of_file;
  a->n++;
}

static void flags_of(report_args *a, const dyo_field *rows, bool of_file)
{
  for (const dyo_field *f = rows; f->name; f++) {
    for (size_t i = 0; !of_file && i < sizeof aliases / sizeof *aliases; i++)
      if (strcmp(aliases[i].field, f->name) == 0) flag_add(a, aliases[i].word, f, false);
    if (offered(f, of_file)) flag_add(a, f->name, f, of_file); /* its short word stands right before it */
  }
  for (const dyo_field *f = rows; f->name; f++)
    if (!of_file && strcmp(f->name, "file") == 0) flags_of(a, f->sub, true);
}

/* The value as JSON: a number where it is one, else text, which the decoder then judges. */
static void put_scalar(dyo_buf *b, const char *text, size_t n, bool number)
{
  dyo_err ignored;
  char   *copy = strndup(text, n);
  if (!copy) {
    b->failed = true;
    return;
  }
  number = number && n > 0 && strchr("-0123456789", text[0]) && dyo_json_check(text, n, &ignored) == DYO_OK;
  if (number) dyo_buf_add(b, text, n);
  else dyo_buf_string(b, copy);
  free(copy);
}

static void put_list(dyo_buf *b, const dyo_field *f, const char *text)
{
  const bool bare = (f->flags & (DYO_F_ONE | DYO_F_SCALAR)) && !strchr(text, ',') && *text;
  if (!bare) dyo_buf_puts(b, "[");
  for (const char *s = text; *s;) {
    const size_t n = strcspn(s, ",");
    if (s != text) dyo_buf_puts(b, ",");
    put_scalar(b, s, n, f->type != DYO_T_STRS);
    s += n + (s[n] == ',');
  }
  if (!bare) dyo_buf_puts(b, "]");
}

static void put_value(dyo_buf *b, const dyo_field *f, const char *text)
{
  dyo_err ignored;
  switch (f->type) {
  case DYO_T_NUMS:
  case DYO_T_INTS:
  case DYO_T_STRS: put_list(b, f, text); return;
  case DYO_T_BOOL:
  case DYO_T_FLAG: dyo_buf_puts(b, strcmp(text, "false") == 0 ? "false" : "true"); return;
  case DYO_T_JSON:
    if (dyo_json_check(text, strlen(text), &ignored) == DYO_OK) dyo_buf_puts(b, text);
    else dyo_buf_string(b, text);
    return;
  default: put_scalar(b, text, strlen(text), f->type == DYO_T_NUM || f->type == DYO_T_INT || f->type == DYO_T_WORD);
  }
}

static void put_member(report_args *a, const flag *f, const char *text)
{
  dyo_buf *b = f->of_file ? &a->in_file : &a->top;
  dyo_buf_puts(b, ",");
  dyo_buf_string(b, f->field->name);
  dyo_buf_puts(b, ":");
  put_value(b, f->field, text);
}

static const char *flag_at(const void *list, size_t i)
{
  const report_args *a = list;
  return i < a->n ? a->flags[i].name : i == a->n ? "out" : i == a->n + 1 ? "json" : i == a->n + 2 ? "csv" : NULL;
}

static int unknown(const report_args *a, const char *name)
{
  const char *near = dyo_nearest(name, flag_at, a);
  if (near) return usage(a->command, "unknown option \"--%.40s\"; did you mean \"--%s\"?", name, near);
  return usage(a->command, "unknown option \"--%.40s\"; dyocensed %s --help lists them", name, a->command);
}

static int set_format(report_args *a, const char *word)
{
  if (a->format_given)
    return usage(a->command, "one of --json, --csv and --format is expected, found \"%.20s\" as well", word);
  a->format_given = true;
  dyo_buf_puts(&a->top, ",\"format\":");
  dyo_buf_string(&a->top, word);
  return 0;
}

static bool takes_value(const char *name, const flag *f)
{
  if (strcmp(name, "json") == 0 || strcmp(name, "csv") == 0) return false;
  return !f || (f->field->type != DYO_T_BOOL && f->field->type != DYO_T_FLAG);
}

static int set_flag(report_args *a, const char *name, const flag *f, const char *value)
{
  if (strcmp(name, "json") == 0 || strcmp(name, "csv") == 0) return set_format(a, name);
  if (strcmp(name, "format") == 0) return set_format(a, value);
  if (strcmp(name, "out") == 0) {
    a->out = value;
    return 0;
  }
  if (strcmp(name, "stock") == 0) {
    a->stock = value;
    return 0;
  }
  for (size_t i = 0; i < a->n; i++) {
    if (a->flags[i].field != f->field) continue;
    if (a->given[i]) return usage(a->command, "--%.40s is given twice", name);
    a->given[i] = true;
  }
  put_member(a, f, value);
  return 0;
}

static int read_flag(report_args *a, int argc, char **argv, int *i)
{
  char        name[NAME];
  const char *word = argv[*i] + 2, *equals = strchr(word, '='), *value = equals ? equals + 1 : NULL;
  const bool  planning = strcmp(a->command, "plan") == 0;
  snprintf(name, sizeof name, "%.*s", equals ? (int)(equals - word) : NAME - 1, word);
  const flag *f     = flag_find(a, name);
  const bool  other = strcmp(name, "out") == 0 || strcmp(name, "json") == 0 || strcmp(name, "csv") == 0 ||
                     (planning && strcmp(name, "stock") == 0);
  if (!f && !other) return unknown(a, name);
  if (takes_value(name, f) && !value) {
    if (*i + 1 >= argc) return usage(a->command, "--%.40s takes a value", name);
    value = argv[++*i];
  }
  return set_flag(a, name, f, value ? value : "true");
}

static int read_args(report_args *a, int argc, char **argv)
{
  for (int i = 1; i < argc; i++) {
    int bad = 0;
    if (strncmp(argv[i], "--", 2) == 0 && argv[i][2]) bad = read_flag(a, argc, argv, &i);
    else if (argv[i][0] == '-' && argv[i][1]) bad = unknown(a, argv[i] + 1);
    else if (a->file) bad = usage(a->command, "one file is expected, found \"%.60s\" as well", argv[i]);
    else a->file = argv[i];
    if (bad) return bad;
  }
  if (!a->file && isatty(STDIN_FILENO)) return usage(a->command, "a CSV or XLSX file is expected");
  return 0;
}

/* "--model-type auto|ets|..." and what it is; a long list of words goes to a line of its own. */
static void print_flag(const flag *f)
{
  const dyo_field *row = f->field;
  const char      *bar = "";
  printf("  --%-22s %s", f->name, row->doc);
  if (row->type == DYO_T_ENUM) {
    printf(" (");
    for (size_t i = 0; row->names[i]; i++, bar = "|") printf("%s%s", bar, row->names[i]);
    printf(")");
  }
  putchar('\n');
}

static bool is_alias(const char *name)
{
  for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
    if (strcmp(aliases[i].word, name) == 0) return true;
  return false;
}

static int print_help(const report_args *a, const dyo_op *op)
{
  printf("usage: dyocensed %s FILE [OPTIONS]\n\n%s\nFILE is CSV or XLSX; -, or none, is standard input.\n\n",
         a->command, op->summary);
  printf("  --%-22s %s\n", "json, --csv", "Print the result as JSON, or rows for a spreadsheet.");
  printf("  --%-22s %s\n", "out FILE", "Write it to a file: CSV, JSON or text, by its ending.");
  if (strcmp(a->command, "plan") == 0)
    printf("  --%-22s %s\n", "stock FILE", "File of what is in stock, where it is no sheet of FILE.");
  for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
    if (flag_find(a, aliases[i].word))
      printf("  --%-22s short for --%s\n", aliases[i].word, flag_find(a, aliases[i].word)[1].name);
  for (size_t i = 0; i < a->n; i++)
    if (!is_alias(a->flags[i].name) && strcmp(a->flags[i].name, "format") != 0) print_flag(&a->flags[i]);
  return cli_flush();
}

static bool ends_in(const char *name, const char *end)
{
  const size_t n = strlen(name), k = strlen(end);
  return n >= k && strcmp(name + n - k, end) == 0;
}

/* What the screen is like, where nothing else is asked for. */
static void put_screen(report_args *a)
{
  struct winsize size  = {0};
  const char    *term  = getenv("TERM");
  const flag    *width = flag_find(a, "width"), *ascii = flag_find(a, "ascii");
  if (!isatty(STDOUT_FILENO) || a->out) return;
  if (!a->given[width - a->flags] && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
    dyo_buf_printf(&a->top, ",\"width\":%d", size.ws_col > 160 ? 160 : size.ws_col - 1);
  if (!a->given[ascii - a->flags] && term && (strcmp(term, "dumb") == 0 || strcmp(term, "linux") == 0))
    dyo_buf_puts(&a->top, ",\"ascii\":true"); /* their fonts lack the blocks */
}

static void put_source(dyo_buf *b, const char *path)
{
  const char *name = strrchr(path, '/');
  dyo_buf_puts(b, "{");
  if (strcmp(path, "-") == 0) dyo_buf_puts(b, "\"content\":{\"$bytes\":0},\"name\":\"standard input\"");
  else {
    dyo_buf_puts(b, "\"path\":");
    dyo_buf_string(b, path);
    dyo_buf_puts(b, ",\"name\":");
    dyo_buf_string(b, name ? name + 1 : path);
  }
}

/* The whole request. */
static void put_request(report_args *a, dyo_buf *b)
{
  if (a->out && !a->format_given && ends_in(a->out, ".csv")) dyo_buf_puts(&a->top, ",\"format\":\"csv\"");
  if (a->out && !a->format_given && ends_in(a->out, ".json")) dyo_buf_puts(&a->top, ",\"format\":\"json\"");
  put_screen(a);
  dyo_buf_puts(b, "{\"file\":");
  put_source(b, a->file ? a->file : "-");
  dyo_buf_add(b, a->in_file.s, a->in_file.n);
  dyo_buf_puts(b, "}");
  if (a->stock) {
    dyo_buf_puts(b, ",\"stock\":");
    put_source(b, a->stock);
    dyo_buf_puts(b, "}");
  }
  dyo_buf_add(b, a->top.s, a->top.n);
  dyo_buf_puts(b, "}");
  b->failed = b->failed || a->top.failed || a->in_file.failed;
}

static int write_out(const report_args *a, const char *text)
{
  FILE        *to = fopen(a->out, "wb");
  const size_t n  = strlen(text);
  bool         ok = to && fwrite(text, 1, n, to) == n;
  if (to && fclose(to) != 0) ok = false;
  if (!ok) return usage(a->command, "%.100s: %s", a->out, strerror(errno));
  printf("Wrote %s.\n", a->out);
  return cli_flush();
}

/* The flag of the field that a pointer ends in; NULL where it is none. */
static const char *name_of_flag(const report_args *a, const char *path)
{
  const char *last = strrchr(path, '/');
  for (size_t i = 0; last && i < a->n; i++)
    if (strcmp(a->flags[i].field->name, last + 1) == 0) return a->flags[i].name;
  return NULL;
}

/* The error of a reply, {"error":{...}}, back in its parts. */
static int tell_failure(const report_args *a, const dyo_reply *reply, dyo_status st)
{
  static const char opening[] = "{\"error\":";
  typedef struct {
    const char *code, *path, *message;
  } failure;
  static const dyo_field rows[] = {
    DYO_STR(failure, code, DYO_REQ, 64, "Code."), DYO_STR(failure, path, DYO_REQ, 4096, "Pointer into the request."),
    DYO_STR(failure, message, DYO_REQ, 4096, "What was found, and what is allowed."), DYO_END(failure)};
  dyo_ctx ctx;
  dyo_err err = {0};
  failure f   = {0};
  int     rc  = 1;
  dyo_ctx_init(&ctx, NULL);
  if (reply->text && dyo_json_decode(&ctx, reply->text + strlen(opening), reply->len - strlen(opening) - 1, rows, &f,
                                     &err) == DYO_OK) {
    const char *field = name_of_flag(a, f.path);
    if (field && isatty(STDERR_FILENO)) dyo_fail(&err, st, f.path, "--%s: %s", field, f.message);
    else dyo_fail(&err, st, f.path, "%s", f.message);
    rc = complain(a->command, &err);
  }
  dyo_ctx_clear(&ctx);
  return rc;
}

static int answer(const report_args *a, dyo_ctx *ctx, const dyo_reply *reply)
{
  dyo_report_out out = {0};
  dyo_err        err = {0};
  if (dyo_json_decode(ctx, reply->text, reply->len, dyo_report_out_rows, &out, &err) != DYO_OK) return cli_fail(&err);
  if (a->out) return write_out(a, out.output);
  fputs(out.output, stdout);
  return cli_flush();
}

static int run(report_args *a, const dyo_op *op, const dyo_source *in)
{
  dyo_ctx    ctx;
  dyo_reply  reply   = {0};
  dyo_buf    request = {0};
  dyo_status st      = DYO_OUT_OF_MEMORY;
  put_request(a, &request);
  cli_context(&ctx, true);
  ctx.files   = in;
  ctx.n_files = 1;
  if (!request.failed) st = dyo_call(&ctx, op->name, request.s, request.n, &reply);
  if (isatty(STDERR_FILENO)) fprintf(stderr, "\r%60s\r", ""); /* progress */
  const int rc = st == DYO_OK ? answer(a, &ctx, &reply) : tell_failure(a, &reply, st);
  dyo_reply_free(&reply);
  dyo_buf_free(&request);
  dyo_ctx_clear(&ctx);
  return rc;
}

static int report(const char *command, const char *name, int argc, char **argv)
{
  report_args   a     = {.command = command};
  const dyo_op *op    = dyo_op_find(name);
  char         *bytes = NULL;
  size_t        n     = 0;
  int           rc    = 0;
  flags_of(&a, op->in, false);
  for (int i = 1; i < argc; i++)
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) return print_help(&a, op);
  rc = read_args(&a, argc, argv);
  if (rc == 0 && (!a.file || strcmp(a.file, "-") == 0)) {
    bytes = cli_read_all(stdin, &n);
    if (!bytes) rc = usage(command, "standard input: %s", strerror(errno));
  }
  const dyo_source in = dyo_source_bytes(bytes, n);
  if (rc == 0) rc = run(&a, op, &in);
  free(bytes);
  dyo_buf_free(&a.top);
  dyo_buf_free(&a.in_file);
  return rc;
}

int cli_forecast(int argc, char **argv)
{
  return report("forecast", "report.forecast", argc, argv);
}

int cli_plan(int argc, char **argv)
{
  return report("plan", "report.plan", argc, argv);
}
