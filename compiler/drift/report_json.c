/* SPDX-License-Identifier: MIT */
#include "drift/report_parts.h"

#include "model/value_json.h"
#include "resource/resource.h"

static void put_value(struct json *j, const char *key, const struct diff_change *d,
                      const struct value *v) {
    if (v == NULL && !d->secret)
        return;
    json_key(j, str_c(key));
    if (v == NULL)
        json_null(j);
    else
        value_to_json(j, v);
}

static void put_text(struct json *j, const char *key, str text) {
    if (text.n > 0)
        json_kstr(j, key, text);
}

static void put_change(struct json *j, const struct report *r, const struct diff_item *item,
                       const struct diff_change *d) {
    json_object_begin(j);
    json_kstr(j, "path", d->path);
    put_value(j, "have", d, d->have);
    put_value(j, "want", d, d->want);
    put_text(j, "at", report_place(r, d->at, item->want));
    if (d->secret)
        json_kbool(j, "secret", true);
    if (d->replaces)
        json_kbool(j, "replaces", true);
    if (d->unknown)
        json_kbool(j, "compared", false);
    json_object_end(j);
}

/* What it is of; within an object. */
static void put_node(struct json *j, const struct report *r, const struct diff_item *item) {
    const struct node *n = report_node(item);
    json_kstr(j, "action", str_c(report_words[item->action].name));
    json_kstr(j, "kind", str_c(n->kind->tf));
    json_kstr(j, "name", report_name(n));
    if (item->want != NULL) {
        json_kstr(j, "path", n->path);
        put_text(j, "at", report_place(r, n->at, n));
    }
    if (n->region == GRAPH_REGION_GLOBAL)
        json_kstr(j, "region", STR(GRAPH_GLOBAL_NAME));
    put_text(j, "why", str_c(item->why));
}

static void put_item(struct json *j, const struct report *r, const struct diff_item *item) {
    json_object_begin(j);
    put_node(j, r, item);
    if (item->changes.n > 0) {
        json_key(j, STR("changes"));
        json_array_begin(j);
        for (uint32_t i = 0; i < item->changes.n; i++)
            put_change(j, r, item, &item->changes.at[i]);
        json_array_end(j);
    }
    json_object_end(j);
}

static void put_row(struct json *j, const struct report *r, const struct ignore_row *row) {
    json_object_begin(j);
    json_kstr(j, "kind", row->kind.text);
    json_kstr(j, "name", row->name.text);
    put_text(j, "path", row->path.text);
    put_text(j, "until", row->until.text);
    json_kstr(j, "reason", row->reason.text);
    put_text(j, "at", report_row_place(r, row));
    json_kbool(j, "ended", ignore_has_ended(row, r->today));
    json_key(j, STR("ignored"));
    json_array_begin(j);
    for (uint32_t i = 0; i < r->ignored.n; i++) {
        const struct report_ignored *x = &r->ignored.at[i];
        if (x->row != row)
            continue;
        json_object_begin(j);
        put_node(j, r, x->item);
        if (x->change != NULL)
            json_kstr(j, "attribute", x->change->path);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}

static void put_ignore(struct json *j, const struct report *r) {
    if (r->ignore == NULL)
        return;
    json_key(j, STR("ignore"));
    json_object_begin(j);
    json_kstr(j, "file", r->ignore->file);
    json_kstr(j, "today", r->today);
    json_key(j, STR("rows"));
    json_array_begin(j);
    for (uint32_t i = 0; i < r->ignore->n; i++)
        put_row(j, r, &r->ignore->rows[i]);
    json_array_end(j);
    json_object_end(j);
}

void report_json(struct buf *b, const struct report *r) {
    struct json j = json_to(b, 2);
    json_object_begin(&j);
    json_kint(&j, "version", 1);
    put_text(&j, "environment", r->environment);
    json_kstr(&j, "account", r->account);
    json_kstr(&j, "region", r->region);
    json_key(&j, STR("sums"));
    json_object_begin(&j);
    for (int i = DIFF_SAME; i <= DIFF_UNREAD; i++)
        json_kint(&j, report_words[i].name, r->diff.sums[i]);
    json_kint(&j, "attributes_not_compared", r->diff.unknown);
    json_kint(&j, "ignored", r->ignored.n);
    json_object_end(&j);
    json_key(&j, STR("items"));
    json_array_begin(&j);
    for (uint32_t i = 0; i < r->diff.items.n; i++) {
        const struct diff_item *item = &r->diff.items.at[i];
        if (report_tells(item) || item->action == DIFF_UNREAD)
            put_item(&j, r, item);
    }
    json_array_end(&j);
    put_ignore(&j, r);
    json_object_end(&j);
    buf_byte(b, '\n');
}
