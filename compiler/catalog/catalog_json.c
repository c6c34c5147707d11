/* SPDX-License-Identifier: MIT */
#include "catalog/catalog_json.h"

#include "schema/schema_json.h"

struct writer {
    struct json *j;
    struct arena *a;
};

static void put_attributes(struct writer *w, const struct cat_attribute *items, uint32_t n,
                           unsigned depth);

static void put_group(struct writer *w, const struct cat_attribute *decl, unsigned depth) {
    json_object_begin(w->j);
    json_kstr(w->j, "description", decl->doc.text);
    json_kstr(w->j, "type", STR("object"));
    json_key(w->j, STR("properties"));
    json_object_begin(w->j);
    put_attributes(w, decl->attributes.items, decl->attributes.n, depth + 1);
    json_object_end(w->j);
    json_kbool(w->j, "additionalProperties", false);
    json_object_end(w->j);
}

static void put_attributes(struct writer *w, const struct cat_attribute *items, uint32_t n,
                           unsigned depth) {
    for (uint32_t i = 0; i < n && depth < CAT_GROUP_DEPTH_MAX; i++) {
        json_key(w->j, items[i].name.text);
        if (items[i].type.value == CAT_GROUP) {
            put_group(w, &items[i], depth);
            continue;
        }
        struct schema_row row = kind_attribute_row(w->a, &items[i]);
        schema_json_row(w->j, &row);
    }
}

static void begin_list(struct json *j, const char *key) {
    json_key(j, str_c(key));
    json_inline_begin(j);
    json_array_begin(j);
}

static void end_list(struct json *j) {
    json_array_end(j);
    json_inline_end(j);
}

static void put_names_begin(struct json *j) {
    json_key(j, STR("propertyNames"));
    json_object_begin(j);
    begin_list(j, "enum");
}

static void put_names_end(struct json *j) {
    end_list(j);
    json_object_end(j);
}

/* Recommended alarms are named; what an exception says is in the general rule. */
static void put_alarms(struct writer *w, const struct cat_kind *k) {
    json_key(w->j, STR("alarms"));
    json_object_begin(w->j);
    put_names_begin(w->j);
    for (uint32_t i = 0; i < k->alarms.n; i++)
        json_str(w->j, k->alarms.items[i].name.text);
    put_names_end(w->j);
    json_object_end(w->j);
}

static void put_find(struct writer *w) {
    json_key(w->j, STR("find"));
    schema_json_row(w->j, &kind_find_row);
}

static void put_kind(struct writer *w, const struct cat_kind *k) {
    json_object_begin(w->j);
    json_kstr(w->j, "title", k->title.text);
    json_kstr(w->j, "description", k->doc.text);
    json_key(w->j, STR("properties"));
    json_object_begin(w->j);
    put_attributes(w, k->attributes.items, k->attributes.n, 0);
    if (k->find.text.n > 0)
        put_find(w);
    put_alarms(w, k);
    json_object_end(w->j);
    put_names_begin(w->j);
    json_str(w->j, STR("kind"));
    json_str(w->j, STR("alarms"));
    if (k->find.text.n > 0)
        json_str(w->j, STR("find"));
    for (uint32_t i = 0; i < k->attributes.n; i++)
        json_str(w->j, k->attributes.items[i].name.text);
    put_names_end(w->j);
    json_object_end(w->j);
}

/* { "properties": { "kind": { "const": "ec2" } }, "required": ["kind"] } */
static void put_condition(struct json *j, str kind) {
    json_inline_begin(j);
    json_object_begin(j);
    json_key(j, STR("properties"));
    json_object_begin(j);
    json_key(j, STR("kind"));
    json_object_begin(j);
    json_kstr(j, "const", kind);
    json_object_end(j);
    json_object_end(j);
    begin_list(j, "required");
    json_str(j, STR("kind"));
    end_list(j);
    json_object_end(j);
    json_inline_end(j);
}

/* Names for completion; any other may be a kind of the project's own. */
static void put_kind_names(struct json *j, const str *names, uint32_t n) {
    json_object_begin(j);
    json_key(j, STR("properties"));
    json_object_begin(j);
    json_key(j, STR("kind"));
    json_object_begin(j);
    json_key(j, STR("anyOf"));
    json_array_begin(j);
    json_object_begin(j);
    begin_list(j, "enum");
    for (uint32_t i = 0; i < n; i++)
        json_str(j, names[i]);
    end_list(j);
    json_object_end(j);
    json_object_begin(j);
    json_kstr(j, "type", STR("string"));
    json_object_end(j);
    json_array_end(j);
    json_object_end(j);
    json_object_end(j);
    json_object_end(j);
}

void catalog_json_rules(struct json *j, struct catalog *c) {
    struct writer w = {j, c->arena};
    uint32_t n, shown = 0;
    str *names = catalog_names(c, &n);
    for (uint32_t i = 0; i < n; i++) {
        const struct cat_kind *k = catalog_kind(c, names[i]);
        if (k != NULL && !k->implicit.value)
            names[shown++] = names[i];
    }
    json_key(j, STR("allOf"));
    json_array_begin(j);
    put_kind_names(j, names, shown);
    for (uint32_t i = 0; i < shown; i++) {
        json_object_begin(j);
        json_key(j, STR("if"));
        put_condition(j, names[i]);
        json_key(j, STR("then"));
        put_kind(&w, catalog_kind(c, names[i]));
        json_object_end(j);
    }
    json_array_end(j);
}
