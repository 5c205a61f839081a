/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the name of a column tells about it, in English, German, French and Spanish. Short words must stand alone; longer ones also count
 * inside compounds such as "Artikelnummer". */
#include <string.h>

#include "series/parse.h"

enum { NAME_CHARS = 200, SHORT = 5 };

/* Lower case, a blank between words: "UnitPrice_EUR" becomes " unit price eur ". Bytes outside ASCII stay. */
static void words_of(const char *name, char out[NAME_CHARS])
{
  size_t n      = 0;
  char   before = ' ';
  out[n++]      = ' ';
  for (; *name && n < NAME_CHARS - 3; before = *name++) {
    const char c     = *name;
    const bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
    if (upper && before >= 'a' && before <= 'z') out[n++] = ' ';
    if (upper || lower || digit || (unsigned char)c >= 0x80) out[n++] = (char)(upper ? c + 32 : c);
    else if (out[n - 1] != ' ') out[n++] = ' ';
  }
  if (out[n - 1] != ' ') out[n++] = ' ';
  out[n] = '\0';
}

/* Is the word there, by itself or in the plural, or inside another where it is long enough? Where it begins, or NULL. */
static const char *find(const char *text, const char *word)
{
  const size_t k = strlen(word);
  for (const char *p = strstr(text, word); p; p = strstr(p + 1, word)) {
    const char *end = p + k;
    if (*end == 's' && end[1] == ' ') end++;
    if (k >= SHORT || (p[-1] == ' ' && *end == ' ')) return p;
  }
  return NULL;
}

static bool any(const char *text, const char *const *words)
{
  for (; *words; words++)
    if (find(text, *words)) return true;
  return false;
}

static bool is_one(const char *text, const char *const *words)
{
  for (; *words; words++) {
    const size_t k = strlen(*words);
    if (strncmp(text + 1, *words, k) == 0 && text[1 + k] == ' ' && !text[2 + k]) return true;
  }
  return false;
}

static const char *const date_names[]   = {"date", "datum", "fecha", "ds", "timestamp", "datetime", NULL};
static const char *const date_parts[]   = {"date", "datum", "fecha", "timestamp", NULL};
static const char *const period_names[] = {"day",
                                           "tag",
                                           "jour",
                                           "dia",
                                           "d\xc3\xad\x61",
                                           "week",
                                           "woche",
                                           "semaine",
                                           "semana",
                                           "month",
                                           "monat",
                                           "mois",
                                           "mes",
                                           "period",
                                           "periode",
                                           "p\xc3\xa9riode",
                                           "periodo",
                                           "quarter",
                                           "quartal",
                                           "trimestre",
                                           "year",
                                           "jahr",
                                           "ann\xc3\xa9\x65",
                                           "annee",
                                           "a\xc3\xb1o",
                                           "ano",
                                           "time",
                                           "zeit",
                                           "hour",
                                           "stunde",
                                           "heure",
                                           "hora",
                                           "kw",
                                           "calweek",
                                           "calmonth",
                                           "yearmonth",
                                           "weekday",
                                           "wochentag",
                                           "dow",
                                           NULL};
static const char *const quantities[]   = {
    "qty",       "quantity",        "quantities", "units",  "sales",     "sold",    "demand",  "volume",
    "menge",     "st\xc3\xbc\x63k", "stueck",     "absatz", "umsatz",    "verkauf", "vente",   "quantit\xc3\xa9",
    "quantite",  "cantidad",        "unidades",   "amount", "value",     "wert",    "valeur",  "valor",
    "revenue",   "turnover",        "orders",     "count",  "visits",    "y",       "pcs",     "consumption",
    "verbrauch", "shipped",         "shipments",  "issued", "nachfrage", "demande", "demanda", NULL};
static const char *const prices[] = {
  "price",   "cost", "preis",  "prix",     "precio",    "kosten",  "costo",     "co\xc3\xbbt", "discount", "rabatt",
  "rate",    "tax",  "margin", "msrp",     "vat",       "mwst",    "lead time", "stock",       "on hand",  "inventory",
  "bestand", "lat",  "lon",    "latitude", "longitude", "percent", "pct",       NULL};
static const char *const things[] = {"sku",      "product", "item",      "article",  "artikel",
                                     "material", "produkt", "produit",   "producto", "art\xc3\xad\x63ulo",
                                     "articulo", "part",    "asin",      "ean",      "upc",
                                     "gtin",     "series",  "unique id", "model",    "variant",
                                     "ware",     NULL};
/* Whatever else a word in them may mean: a "stock code" is no stock. */
static const char *const codes[]  = {"stock code", "item code", "product code", "article code", "material code", NULL};
static const char *const places[] = {
  "store",  "shop",      "filiale",    "laden",  "markt",       "tienda",    "magasin",
  "branch", "warehouse", "lager",      "depot",  "location",    "standort",  "site",
  "region", "country",   "land",       "pays",   "pa\xc3\xads", "pais",      "state",
  "city",   "market",    "channel",    "kanal",  "category",    "kategorie", "cat\xc3\xa9gorie",
  "brand",  "marke",     "department", "dept",   "family",      "familie",   "group",
  "gruppe", "segment",   "size",       "colour", "color",       "style",     "plant",
  "werk",   "supplier",  "lieferant",  "vendor", "id",          NULL};
static const char *const numberings[] = {"index", "row",   "row number", "nr", "no", "number", "nummer", "lfd nr",
                                         "line",  "zeile", "unnamed 0",  "id", "x",  "pos",    NULL};
static const char *const asides[]     = {"order id",
                                         "order no",
                                         "order nr",
                                         "order number",
                                         "order",
                                         "bestellnummer",
                                         "auftrag",
                                         "invoice",
                                         "rechnung",
                                         "factura",
                                         "facture",
                                         "transaction",
                                         "receipt",
                                         "customer",
                                         "client",
                                         "kunde",
                                         "user",
                                         "email",
                                         "phone",
                                         "comment",
                                         "kommentar",
                                         "note",
                                         "remark",
                                         "bemerkung",
                                         "description",
                                         "beschreibung",
                                         "address",
                                         "adresse",
                                         "status",
                                         "currency",
                                         "w\xc3\xa4hrung",
                                         "uom",
                                         "unit",
                                         "einheit",
                                         "holiday",
                                         "promo",
                                         "promotion",
                                         "flag",
                                         "url",
                                         "zip",
                                         "plz",
                                         "postcode",
                                         "event",
                                         "weather",
                                         "wetter",
                                         NULL};

name_hint parse_hint(const char *name)
{
  char t[NAME_CHARS];
  words_of(name, t);
  if (any(t, date_parts) || is_one(t, date_names)) return HINT_DATE;
  if (any(t, codes)) return HINT_THING;
  if (any(t, prices)) return HINT_PRICE;
  if (is_one(t, numberings)) return HINT_NUMBERING;
  if (is_one(t, period_names)) return HINT_CALENDAR;
  const bool thing = any(t, things), place = any(t, places), quantity = any(t, quantities), aside = any(t, asides);
  if (quantity && !(thing && find(t, "id"))) return HINT_QUANTITY;
  if (thing) return HINT_THING;
  if (aside) return HINT_ASIDE;
  return place ? HINT_PLACE : HINT_NONE;
}

date_part parse_part(const char *name)
{
  static const char *const        of_years[]  = {"year", "jahr", "ann\xc3\xa9\x65", "annee", "a\xc3\xb1o", "ano", NULL},
                           *const of_months[] = {"month", "monat", "mois", "mes", "month no", "month number", NULL},
                           *const of_days[]   = {"day", "tag", "jour", "dia", "d\xc3\xad\x61", "day of month", NULL};
  char                            t[NAME_CHARS];
  words_of(name, t);
  return is_one(t, of_years)    ? PART_YEAR
         : is_one(t, of_months) ? PART_MONTH
         : is_one(t, of_days)   ? PART_DAY
                                : PART_NONE;
}

int parse_date_score(const char *name)
{
  char t[NAME_CHARS];
  words_of(name, t);
  if (is_one(t, date_names)) return 4;
  if (any(t, date_parts)) return 3;
  if (is_one(t, period_names)) return 2;
  return any(t, period_names) ? 1 : 0;
}

/* A label such as "store", "Store ID" or "sku nr", and no series of its own such as "store 1". */
bool parse_label(const char *name)
{
  static const char *const tails[] = {"id", "nr", "no", "num", "number", "nummer", "code", "key", "name", NULL};
  char                     t[NAME_CHARS];
  words_of(name, t);
  const char *const *lists[] = {codes, things, places};
  for (size_t l = 0; l < 3; l++)
    for (const char *const *w = lists[l]; *w; w++) {
      const char *p = find(t, *w);
      if (!p) continue;
      const char *rest = strchr(p, ' ');
      if (!rest[1] || is_one(rest, tails)) return true;
    }
  return false;
}
