/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of stock and of sales, known by the names of their columns as people write them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ops/report_plan.h"
#include "ops/words.h"

enum { HEADER_WITHIN = 30, WORD = 48 };

/* Names in lower case without blanks and marks, as `plain` leaves them. The first that stands in a header wins. */
typedef struct {
  const char *field; /* of dyo_plan_item */
  const char *names;
} known_column;

static const char date_names[] =
  " date day ds time timestamp datetime orderdate invoicedate saledate salesdate month week period datum fecha ";
static const char quantity_names[] =
  " quantity qty units unitssold quantitysold qtysold sold sales salesqty salesquantity demand y volume pieces menge cantidad value ";

static const known_column known[STOCK_FIELDS] = {
  {"sku",
   " sku skuid product productid productcode productno item itemid itemcode itemno itemnumber article articleid articleno "
   "articlenumber material stockcode partnumber partno part code uniqueid artikel artikelnummer producto id "},
  {"name", " name productname itemname description title bezeichnung "},
  {"on_hand",
   " onhand stock instock stocklevel currentstock stockonhand quantityonhand qtyonhand onhandqty onhandquantity qoh inventory "
   "inventorylevel available availablestock bestand existencias "},
  {"on_order",
   " onorder ordered openorders openorder incoming inbound pipeline qtyonorder quantityonorder onorderqty "},
  {"on_order_days", " onorderdays arrivesin arrivesindays "},
  {"unit_cost",
   " unitcost cost costprice costperunit purchaseprice buyprice buyingprice unitprice price einkaufspreis coste "},
  {"order_cost", " ordercost orderingcost costperorder setupcost fixedordercost "},
  {"holding_cost_rate", " holdingcostrate holdingrate carryingrate "},
  {"holding_cost_per_unit", " holdingcostperunit holdingcost carryingcost "},
  {"lead_time_days", " leadtimedays leadtime leadtimeindays leaddays lt deliverytime deliverydays lieferzeit "},
  {"lead_time_std_dev", " leadtimestddev leadtimesd leadtimestd "},
  {"service_level", " servicelevel service targetservicelevel "},
  {"min_order_quantity", " minorderquantity minorderqty moq minorder minimumorder minimumorderquantity mindestmenge "},
  {"lot_size", " lotsize packsize pack packqty caseqty casesize ordermultiple multiple "},
  {"max_stock", " maxstock maximumstock maxlevel maxinventory max maximum "},
};

/* Lower case, without blanks and marks: "On-hand (pcs)" is "onhandpcs", what stands in brackets being left out: "onhand". */
static void plain(const char *text, char out[WORD + 2])
{
  size_t n     = 0;
  int    depth = 0;
  out[n++]     = ' ';
  for (const char *s = text; *s && n < WORD; s++) {
    const unsigned char c = (unsigned char)*s;
    depth += c == '(' || c == '[';
    if (depth == 0 && c >= 'A' && c <= 'Z') out[n++] = (char)(c + 32);
    else if (depth == 0 && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80)) out[n++] = (char)c;
    depth -= depth > 0 && (c == ')' || c == ']');
  }
  out[n++] = ' ';
  out[n]   = '\0';
}

/* Place of a cell's name in the list; SIZE_MAX: not there. Earlier names suit better. */
static size_t rank(const char *cell, const char *names)
{
  char        word[WORD + 2];
  const char *at = NULL;
  plain(cell, word);
  if (strlen(word) > 2) at = strstr(names, word);
  return at ? (size_t)(at - names) : SIZE_MAX;
}

/* The column of a row whose name stands first in the list. */
static size_t find(const dyo_table *t, size_t row, const char *names)
{
  size_t best = SIZE_MAX, column = SIZE_MAX;
  for (size_t c = 0; c < t->n_cols; c++) {
    const size_t r = rank(t->text[row * t->n_cols + c], names);
    if (r < best) best = r, column = c;
  }
  return column;
}

bool stock_find(const dyo_table *t, stock_columns *c)
{
  for (size_t row = 0; row < t->n_rows && row < HEADER_WITHIN; row++) {
    c->header = row;
    for (size_t k = 0; k < STOCK_FIELDS; k++) c->column[k] = find(t, row, known[k].names);
    if (c->column[STOCK_SKU] != SIZE_MAX && c->column[STOCK_ON_HAND] != SIZE_MAX)
      return find(t, row, date_names) == SIZE_MAX;
  }
  return false;
}

const char *stock_fields(dyo_ctx *ctx, const stock_columns *c)
{
  const char *list = "";
  for (size_t k = STOCK_NAME; list && k < STOCK_FIELDS; k++)
    if (c->column[k] != SIZE_MAX) list = dyo_text(ctx, "%s%s%s", list, *list ? ", " : "", known[k].field);
  return list;
}

void sales_find(const dyo_table *t, const char **sku, const char **quantity)
{
  *sku = *quantity = NULL;
  for (size_t row = 0; row < t->n_rows && row < HEADER_WITHIN; row++) {
    const size_t item = find(t, row, known[STOCK_SKU].names), q = find(t, row, quantity_names);
    if (find(t, row, date_names) == SIZE_MAX || item == SIZE_MAX || q == SIZE_MAX || q == item) continue;
    *sku      = t->text[row * t->n_cols + item];
    *quantity = t->text[row * t->n_cols + q];
    return;
  }
}

static const dyo_field *field_of(const char *name)
{
  const dyo_field *f = dyo_plan_item_rows;
  while (f->name && strcmp(f->name, name) != 0) f++;
  return f;
}

/* A number of the table into its member, if it is one that the plan allows. */
static bool take_number(dyo_ctx *ctx, const dyo_table *t, size_t row, const char *name, double x, dyo_plan_item *item,
                        dyo_notes *notes)
{
  const dyo_field *f = field_of(name);
  if (strcmp(name, "service_level") == 0 && x > 1 && x < 100) x /= 100; /* 95 is 95 % */
  const bool fits = x >= f->min && x <= f->max && !(strcmp(name, "service_level") == 0 && x >= 1);
  if (!fits)
    return dyo_note(ctx, notes, "Row %zu of the stock: %s %g is not possible and was left out.", t->row[row], name, x);
  memcpy((char *)item + f->off, &x, sizeof x);
  return true;
}

static bool stock_item(dyo_ctx *ctx, const dyo_table *t, const stock_columns *c, size_t row, dyo_plan_item *item,
                       dyo_notes *notes)
{
  const char *const *text   = t->text + row * t->n_cols;
  const double      *number = t->number + row * t->n_cols;
  if (c->column[STOCK_NAME] != SIZE_MAX && *text[c->column[STOCK_NAME]]) item->name = text[c->column[STOCK_NAME]];
  for (size_t k = STOCK_ON_HAND; k < STOCK_FIELDS; k++) {
    const size_t col = c->column[k];
    if (col == SIZE_MAX || !*text[col]) continue;
    if (isnan(number[col])) {
      if (!dyo_note(ctx, notes, "Row %zu of the stock: \"%.40s\" is no number for %s and was left out.", t->row[row],
                    text[col], known[k].field))
        return false;
    } else if (!take_number(ctx, t, row, known[k].field, number[col], item, notes)) {
      return false;
    }
  }
  return true;
}

/* The sales' own sheet and columns, where the request names none. Group and quantity are found by their names; a header that does not
 * tell leaves them to series.parse. */
static dyo_status aim_at_sales(dyo_ctx *ctx, dyo_parse_in *sales, dyo_err *err)
{
  dyo_table   t   = {0};
  const char *sku = NULL, *quantity = NULL;
  dyo_status  st = dyo_table_read(ctx, sales, HEADER_WITHIN, &t, err);
  if (st != DYO_OK) return st;
  sales_find(&t, &sku, &quantity);
  if (!sku) return DYO_OK;
  const char **names = DYO_NEW(ctx, 2, const char *);
  if (!names) return dyo_oom(err);
  names[0] = sku, names[1] = quantity;
  if (!sales->group_by) sales->group_by = names, sales->n_group_by = 1;
  if (!sales->value_columns) sales->value_columns = names + 1, sales->n_value_columns = 1;
  return DYO_OK;
}

/* Looks through a workbook for the sheet of stock, and for the sales among the others. */
static dyo_status find_sheets(dyo_ctx *ctx, dyo_parse_in *sales, dyo_table *stock, stock_columns *columns, bool *found,
                              dyo_err *err)
{
  dyo_table    first    = {0};
  dyo_parse_in one      = *sales;
  const char  *of_sales = NULL;
  dyo_status   st       = dyo_table_read(ctx, &one, HEADER_WITHIN, &first, err);
  for (size_t i = 0; st == DYO_OK && i < first.n_sheets; i++) {
    dyo_table     head = {0};
    stock_columns c;
    const char   *sku = NULL, *quantity = NULL;
    one.sheet = first.sheets[i];
    st        = dyo_table_read(ctx, &one, HEADER_WITHIN, &head, err);
    if (st == DYO_INSUFFICIENT_DATA) { /* an empty sheet */
      st = DYO_OK;
      continue;
    }
    if (st != DYO_OK) return st;
    sales_find(&head, &sku, &quantity);
    if (sku && !of_sales) of_sales = first.sheets[i];
    if (*found || !stock_find(&head, &c)) continue;
    st     = dyo_table_read(ctx, &one, 0, stock, err);
    *found = st == DYO_OK && stock_find(stock, columns);
  }
  if (st == DYO_OK && !sales->sheet && of_sales) sales->sheet = of_sales;
  return st;
}

static dyo_plan_item blank_item(const dyo_report_plan_in *in, const char *sku)
{
  dyo_plan_item item = {.sku = sku, .on_hand = in->on_hand, .on_order = in->on_order, .unit_cost = in->unit_cost};
  item.on_order_days = item.order_cost = item.holding_cost_rate = item.holding_cost_per_unit = NAN;
  item.lead_time_days = item.lead_time_std_dev = item.review_period_days = item.service_level = NAN;
  item.min_order_quantity = item.lot_size = item.max_stock = NAN;
  item.model_type                                          = -1;
  return item;
}

/* The finest frequency of all: an item that sells on some days only is daily all the same. */
static const char *common_frequency(dyo_ctx *ctx, const dyo_parse_out *sales)
{
  dyo_freq best = {DYO_FREQ_NONE, 1};
  char     text[DYO_TIME_CHARS];
  for (size_t i = 0; i < sales->n_series; i++) {
    dyo_freq f = {DYO_FREQ_NONE, 1};
    if (!sales->series[i].frequency || !dyo_freq_parse(sales->series[i].frequency, &f)) continue;
    if (best.unit == DYO_FREQ_NONE || dyo_freq_seconds(f) < dyo_freq_seconds(best)) best = f;
  }
  dyo_freq_print(best, text);
  return best.unit == DYO_FREQ_NONE ? NULL : dyo_text(ctx, "%s", text);
}

static dyo_status add_sales(dyo_ctx *ctx, const dyo_report_plan_in *in, const dyo_parse_out *sales, plan_items *out,
                            dyo_err *err)
{
  const bool     by_item   = sales->format && sales->format->n_group_by == 1 && sales->format->n_value_columns == 1;
  const char    *frequency = common_frequency(ctx, sales);
  dyo_series_in *history   = DYO_NEW(ctx, sales->n_series, dyo_series_in);
  if (!history) return dyo_oom(err);
  for (size_t i = 0; i < sales->n_series; i++) {
    const dyo_parse_series *s     = &sales->series[i];
    const bool              named = by_item && s->n_dimensions == 1;
    history[i]                    = (dyo_series_in){.dates     = s->dates,
                                                    .n_dates   = s->n_dates,
                                                    .values    = s->values,
                                                    .n_values  = s->n_values,
                                                    .frequency = frequency,
                                                    .aggregate = DYO_AGG_SUM};
    out->items[i]                 = blank_item(in, named ? s->dimensions[0].value : s->name);
    out->items[i].history         = &history[i];
  }
  out->n = sales->n_series;
  return DYO_OK;
}

/* An item by its name, and where it stands: a row of the stock or an item of the sales. */
typedef struct {
  const char *sku;
  size_t      at;
} named;

static int by_name(const void *a, const void *b)
{
  const named *p = a, *q = b;
  const int    c = strcmp(p->sku, q->sku);
  return c ? c : p->at < q->at ? -1 : p->at > q->at;
}

static int same_name(const void *key, const void *at)
{
  return strcmp(key, ((const named *)at)->sku);
}

/* The rows of stock that name an item, by name. */
static named *stock_rows(dyo_ctx *ctx, const dyo_table *t, const stock_columns *c, size_t *n)
{
  named *v = DYO_NEW(ctx, t->n_rows, named);
  *n       = 0;
  for (size_t row = c->header + 1; v && row < t->n_rows; row++) {
    const char *sku = t->text[row * t->n_cols + c->column[STOCK_SKU]];
    if (*sku) v[(*n)++] = (named){sku, row};
  }
  if (v) qsort(v, *n, sizeof *v, by_name);
  return v;
}

static dyo_series_in *no_sales(dyo_ctx *ctx)
{
  dyo_series_in *none = DYO_NEW(ctx, 1, dyo_series_in);
  if (none) *none = (dyo_series_in){.values = DYO_NEW(ctx, 1, double), .aggregate = DYO_AGG_SUM};
  return none && none->values ? none : NULL;
}

/* Rows of stock join the items of the same name; the others become items without sales. */
static dyo_status add_stock(dyo_ctx *ctx, const dyo_report_plan_in *in, const dyo_table *t, const named *rows, size_t n,
                            plan_items *out, dyo_err *err)
{
  const size_t sold  = out->n;
  named       *by    = DYO_NEW(ctx, sold, named);
  size_t       twice = 0;
  if (!by) return dyo_oom(err);
  for (size_t i = 0; i < sold; i++) by[i] = (named){out->items[i].sku, i};
  qsort(by, sold, sizeof *by, by_name);
  for (size_t k = 0; k < n; k++) {
    if (k > 0 && strcmp(rows[k - 1].sku, rows[k].sku) == 0) {
      twice++;
      continue;
    }
    const named  *match = bsearch(rows[k].sku, by, sold, sizeof *by, same_name);
    dyo_plan_item item  = blank_item(in, rows[k].sku);
    item.history        = match ? out->items[match->at].history : no_sales(ctx);
    if (!item.history || !stock_item(ctx, t, &out->columns, rows[k].at, &item, &out->notes)) return dyo_oom(err);
    out->items[match ? match->at : out->n++] = item;
    out->stocked++;
  }
  out->unsold           = out->n - sold;
  const size_t unlisted = out->n - out->stocked;
  if (unlisted > 0 &&
      !dyo_note(ctx, &out->notes, "%zu of the items sold are not in the list of stock; %g on hand is assumed.",
                unlisted, in->on_hand))
    return dyo_oom(err);
  if (twice > 0 &&
      !dyo_note(ctx, &out->notes, "%zu rows of the stock name an item a second time; the first row counts.", twice))
    return dyo_oom(err);
  if (out->unsold > 0 &&
      !dyo_note(ctx, &out->notes, "No sales are known of %zu of the items in stock, such as \"%.60s\".", out->unsold,
                out->items[sold].sku))
    return dyo_oom(err);
  return DYO_OK;
}

static dyo_status below(const char *field, dyo_status st, dyo_err *err)
{
  return st == DYO_OK || st == DYO_CANCELLED || st == DYO_OUT_OF_MEMORY ? st : report_below(field, err);
}

/* The table of stock: of its own file, or a sheet of the sales' one. */
static dyo_status read_stock(dyo_ctx *ctx, const dyo_report_plan_in *in, dyo_parse_in *sales, dyo_table *stock,
                             plan_items *out, dyo_err *err)
{
  bool found = false;
  if (!in->stock) {
    const dyo_status st = below("file", find_sheets(ctx, sales, stock, &out->columns, &found, err), err);
    if (found) out->stock_name = dyo_text(ctx, "sheet \"%s\"", stock->sheet);
    return st;
  }
  const dyo_status st = below("stock", dyo_table_read(ctx, in->stock, 0, stock, err), err);
  if (st != DYO_OK) return st;
  out->stock_name = report_file_name(in->stock);
  if (stock_find(stock, &out->columns)) return DYO_OK;
  return dyo_fail(
    err, DYO_INVALID_INPUT, "/stock",
    "found no list of stock in %s; a column of items (such as sku or product) beside one of stock (such as on_hand or "
    "stock), and none of dates, is expected",
    out->stock_name);
}

dyo_status plan_items_read(dyo_ctx *ctx, const dyo_report_plan_in *in, dyo_parse_out *read, plan_items *out,
                           dyo_err *err)
{
  dyo_parse_in sales = *in->file;
  dyo_table    stock = {0};
  named       *rows  = NULL;
  size_t       n     = 0;
  dyo_status   st    = read_stock(ctx, in, &sales, &stock, out, err);
  if (st == DYO_OK) st = below("file", aim_at_sales(ctx, &sales, err), err);
  if (st == DYO_OK) st = report_read(ctx, &sales, "file", read, err);
  if (st != DYO_OK) return st;
  if (out->stock_name) {
    rows = stock_rows(ctx, &stock, &out->columns, &n);
    if (!rows) return dyo_oom(err);
  }
  out->items = DYO_NEW(ctx, read->n_series + n, dyo_plan_item);
  if (!out->items) return dyo_oom(err);
  st = add_sales(ctx, in, read, out, err);
  return st == DYO_OK && rows ? add_stock(ctx, in, &stock, rows, n, out, err) : st;
}
