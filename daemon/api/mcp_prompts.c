/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prompts: questions that people ask again and again, put so that an assistant uses the right tools. */
#include <string.h>

#include "api/mcp_parts.h"

enum { ARGUMENTS = 3 };

typedef struct {
  const char *name, *description;
  bool        required;
} prompt_argument;

typedef struct {
  const char     *name, *title, *description;
  prompt_argument arguments[ARGUMENTS + 1];
  const char *text; /* {name} stands for an argument; [ … ] for what is left out where its argument is not given */
} prompt;

static const prompt prompts[] = {
  {"weekly_order_plan",
   "What should I order this week?",
   "An order plan for the coming week from stored demand.",
   {{"metric_name", "Metric that holds the demand; all that look like demand where absent.", false},
    {"lead_time_days", "Days from order to delivery.", false},
    {"service_level", "Share of order cycles without a stock-out, 0 to 1.", false}},
   "What should I order this week? Use the Dyocense tools and the numbers stored there, not guesses.\n"
   "1. Find the demand with metrics_list[; use the metric {metric_name}] and look at each series with metrics_get.\n"
   "2. Forecast each series for the lead time and the week after it with forecast_create and its metric_name and "
   "dimensions.\n"
   "3. Call inventory_reorder_point with the forecast's daily mean and standard deviation[, lead_time_days "
   "{lead_time_days}][, service_level {service_level}]. Ask me for what the data does not say: stock on hand, on order, "
   "lead times, costs.\n"
   "4. Answer with a table: item, order now or not, quantity, why. Name the forecasts' errors and what you assumed."},
  {"explain_forecast",
   "Explain a stored forecast",
   "What a stored forecast says and how far it can be trusted.",
   {{"forecast_id", "Id of the forecast.", true}},
   "Read the stored forecast {forecast_id} with forecasts_get, and its metric's history with metrics_get where it names "
   "one. Explain in plain words what it expects and how wide its intervals are, why this model was chosen, how large its "
   "errors were in the backtest and since, and what would make it wrong."},
  {0}};

static void put_prompt(mcp_call *c, const prompt *p)
{
  dyo_buf *b = c->out;
  dyo_buf_puts(b, p == prompts ? "{" : ",{");
  put_text(b, "name", p->name);
  if (c->p->version >= MCP_2025_06_18) put_text(b, "title", p->title);
  put_text(b, "description", p->description);
  put_json(b, "arguments", "[");
  for (const prompt_argument *a = p->arguments; a->name; a++) {
    dyo_buf_puts(b, a == p->arguments ? "{" : ",{");
    put_text(b, "name", a->name);
    put_text(b, "description", a->description);
    put_json(b, "required", a->required ? "true" : "false");
    dyo_buf_puts(b, "}");
  }
  dyo_buf_puts(b, "]}");
}

void mcp_list_prompts(mcp_call *c)
{
  if (c->m->odd_cursor || (c->m->cursor && c->m->cursor[0])) {
    mcp_fail(c, MCP_INVALID_PARAMS, "cursor: this list has one page");
    return;
  }
  mcp_begin(c);
  put_json(c->out, "prompts", "[");
  for (const prompt *p = prompts; p->name; p++) put_prompt(c, p);
  dyo_buf_puts(c->out, "]");
  mcp_keep(c, 3600000, true);
  mcp_end(c);
}

/* --- one prompt ------------------------------------------------------------------------------------------------------------ */

typedef struct {
  const prompt *p;
  dyo_ctx      *ctx;
  const char   *values[ARGUMENTS];
  dyo_piece     odd; /* an argument that is not known or no string */
} filling;

static bool take_argument(void *user, dyo_piece name, dyo_piece value)
{
  filling *f = user;
  for (size_t i = 0; i < ARGUMENTS && f->p->arguments[i].name; i++)
    if (piece_is(name, f->p->arguments[i].name)) {
      f->values[i] = piece_text(f->ctx, value);
      if (!f->values[i]) f->odd = name;
      return true;
    }
  f->odd = name;
  return true;
}

/* The value of the argument {name} that s begins with; *end is behind it. */
static const char *value_at(const filling *f, const char *s, const char **end)
{
  const size_t n = strcspn(s, "}");
  *end           = s + n + 1;
  for (size_t i = 0; i < ARGUMENTS && f->p->arguments[i].name; i++)
    if (strlen(f->p->arguments[i].name) == n - 1 && memcmp(f->p->arguments[i].name, s + 1, n - 1) == 0)
      return f->values[i];
  return NULL;
}

static void fill(dyo_buf *b, const filling *f)
{
  for (const char *s = f->p->text; *s;) {
    const char *end = NULL, *brace = strchr(s, '{');
    if (*s == '[' && brace && !value_at(f, brace, &end)) s = strchr(s, ']') + 1;
    else if (*s == '[' || *s == ']') s++;
    else if (*s == '{') {
      const char *value = value_at(f, s, &end);
      dyo_buf_puts(b, value ? value : "");
      s = end;
    } else dyo_buf_add(b, s++, 1);
  }
}

static bool lacks_argument(const filling *f, const char **name)
{
  for (size_t i = 0; i < ARGUMENTS && f->p->arguments[i].name; i++)
    if (f->p->arguments[i].required && !f->values[i]) {
      *name = f->p->arguments[i].name;
      return true;
    }
  return false;
}

static void answer_prompt(mcp_call *c, const filling *f)
{
  dyo_buf text = {0};
  fill(&text, f);
  mcp_begin(c);
  put_text(c->out, "description", f->p->description);
  put_json(c->out, "messages", "[{\"role\":\"user\",\"content\":{\"type\":\"text\",\"text\":");
  dyo_buf_string(c->out, text.failed ? "" : text.s);
  dyo_buf_puts(c->out, "}}]");
  mcp_end(c);
  dyo_buf_free(&text);
}

void mcp_get_prompt(mcp_call *c)
{
  const prompt *p = prompts;
  dyo_ctx       ctx;
  dyo_err       ignored;
  const char   *name = NULL;
  while (p->name && (!c->m->name || strcmp(p->name, c->m->name) != 0)) p++;
  if (!p->name) {
    mcp_error(c->out, c->m->id, MCP_INVALID_PARAMS, NULL, "there is no prompt \"%.60s\"", c->m->name ? c->m->name : "");
    return;
  }
  dyo_ctx_init(&ctx, NULL);
  filling f = {.p = p, .ctx = &ctx};
  if (c->m->arguments.s) dyo_json_members(c->m->arguments.s, c->m->arguments.n, take_argument, &f, &ignored);
  if (c->m->arguments.s && c->m->arguments.s[0] != '{')
    mcp_fail(c, MCP_INVALID_PARAMS, "arguments: an object is expected");
  else if (f.odd.s)
    mcp_error(c->out, c->m->id, MCP_INVALID_PARAMS, NULL, "arguments: %.*s is not known, or no string",
              f.odd.n > 60 ? 60 : (int)f.odd.n, f.odd.s);
  else if (lacks_argument(&f, &name))
    mcp_error(c->out, c->m->id, MCP_INVALID_PARAMS, NULL, "arguments: %s is missing", name);
  else answer_prompt(c, &f);
  dyo_ctx_clear(&ctx);
}
