/* SPDX-License-Identifier: MIT */
#include "base/json.h"
#include "cli/drift_parts.h"
#include "model/value_json.h"
#include "resource/resource.h"

/* A value stands as JSON itself: it was made by the same writer. */
static void put_value(struct json *j, const char *key, const struct diff_change *d,
                      const struct value *v) {
    if (v == NULL)
        return;
    json_key(j, str_c(key));
    if (d->secret)
        json_null(j);
    else
        value_to_json(j, v);
}

static void put_place(struct json *j, const struct drift_run *r, span at, const struct node *n) {
    str place = drift_place(r, at, n);
    if (place.n > 0)
        json_kstr(j, "at", place);
}

static void put_change(struct json *j, const struct drift_run *r, const struct diff_item *item,
                       const struct diff_change *d) {
    json_object_begin(j);
    json_kstr(j, "path", d->path);
    put_value(j, "have", d, d->have);
    put_value(j, "want", d, d->want);
    put_place(j, r, d->at, item->want);
    if (d->secret)
        json_kbool(j, "secret", true);
    if (d->replaces)
        json_kbool(j, "replaces", true);
    if (d->unknown)
        json_kbool(j, "compared", false);
    json_object_end(j);
}

static void put_item(struct json *j, const struct drift_run *r, const struct diff_item *item) {
    const struct node *n = item->want != NULL ? item->want : item->have;
    json_object_begin(j);
    json_kstr(j, "action", str_c(drift_word(item->action)));
    json_kstr(j, "kind", str_c(n->kind->tf));
    json_kstr(j, "name", n->name.n > 0 ? n->name : n->label);
    if (item->want != NULL) {
        json_kstr(j, "path", n->path);
        put_place(j, r, n->at, n);
    }
    if (n->region == GRAPH_REGION_GLOBAL)
        json_kstr(j, "region", STR(GRAPH_GLOBAL_NAME));
    if (item->why != NULL)
        json_kstr(j, "why", str_c(item->why));
    if (item->changes.n > 0) {
        json_key(j, STR("changes"));
        json_array_begin(j);
        for (uint32_t i = 0; i < item->changes.n; i++)
            put_change(j, r, item, &item->changes.at[i]);
        json_array_end(j);
    }
    json_object_end(j);
}

void drift_json(struct buf *b, const struct drift_run *r) {
    struct json j = json_to(b, 2);
    json_object_begin(&j);
    if (r->of->environment.n > 0)
        json_kstr(&j, "environment", r->of->environment);
    json_kstr(&j, "account", r->live.account);
    json_kstr(&j, "region", r->of->region);
    json_key(&j, STR("sums"));
    json_object_begin(&j);
    for (int i = DIFF_SAME; i <= DIFF_UNREAD; i++)
        json_kint(&j, drift_word((enum diff_action)i), r->diff.sums[i]);
    json_kint(&j, "attributes_not_compared", r->diff.unknown);
    json_object_end(&j);
    json_key(&j, STR("items"));
    json_array_begin(&j);
    for (uint32_t i = 0; i < r->diff.items.n; i++) {
        const struct diff_item *item = &r->diff.items.at[i];
        if (item->action != DIFF_SAME || item->changes.n > 0)
            put_item(&j, r, item);
    }
    json_array_end(&j);
    json_object_end(&j);
    buf_byte(b, '\n');
}
