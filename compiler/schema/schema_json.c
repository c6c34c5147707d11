/* SPDX-License-Identifier: MIT */
#include "schema/schema_json.h"

#include "base/json.h"
#include "schema/schema.h"
#include "schema/spec_read.h"

static void put_table(struct json *j, const struct schema_table *t);
static void put_keys(struct json *j, const struct schema_table *t);

static void put_type(struct json *j, const char *type) {
    json_kstr(j, "type", str_c(type));
}

/* YAML reads 5 and 1.5 as numbers; the walker takes both forms. */
static void put_types(struct json *j, const char *x, const char *y) {
    json_key(j, STR("type"));
    json_inline_begin(j);
    json_array_begin(j);
    json_str(j, str_c(x));
    json_str(j, str_c(y));
    json_array_end(j);
    json_inline_end(j);
}

static void put_choices(struct json *j, const char *const *choices) {
    json_key(j, STR("enum"));
    json_inline_begin(j);
    json_array_begin(j);
    for (int i = 0; choices[i] != NULL; i++) {
        if (choices[i][0] != 0)
            json_str(j, str_c(choices[i]));
    }
    json_array_end(j);
    json_inline_end(j);
}

static void put_any_of_begin(struct json *j) {
    json_key(j, STR("anyOf"));
    json_array_begin(j);
}

static void put_simple(struct json *j, const char *type) {
    json_object_begin(j);
    put_type(j, type);
    json_object_end(j);
}

static void put_text_or_number(struct json *j) {
    put_types(j, "string", "number");
}

/* Texts with variables are checked when the variables have values. */
static void put_form(struct json *j, const char *form) {
    json_key(j, STR("pattern"));
    json_str_open(j);
    json_str_piece(j, STR("^("));
    json_str_piece(j, str_c(form));
    json_str_piece(j, STR(")$|\\$\\{"));
    json_str_close(j);
}

static void put_formed_text(struct json *j, const char *form) {
    put_text_or_number(j);
    if (form != NULL)
        put_form(j, form);
}

/* `form` of each text; NULL: any. */
static void put_list_or_text(struct json *j, const char *form) {
    put_any_of_begin(j);
    json_object_begin(j);
    put_formed_text(j, form);
    json_object_end(j);
    json_object_begin(j);
    put_type(j, "array");
    json_key(j, STR("items"));
    json_object_begin(j);
    put_formed_text(j, form);
    json_object_end(j);
    json_object_end(j);
    json_array_end(j);
}

static void put_list_or_choice(struct json *j, const char *const *choices) {
    put_any_of_begin(j);
    json_object_begin(j);
    put_choices(j, choices);
    json_object_end(j);
    json_object_begin(j);
    put_type(j, "array");
    json_key(j, STR("items"));
    json_object_begin(j);
    put_choices(j, choices);
    json_object_end(j);
    json_object_end(j);
    json_array_end(j);
}

static void put_pairs(struct json *j) {
    put_type(j, "object");
    json_key(j, STR("additionalProperties"));
    json_object_begin(j);
    put_types(j, "string", "number");
    json_object_end(j);
}

/* A mapping from names to what `table` describes. */
static void put_items(struct json *j, const struct schema_table *table) {
    put_type(j, "object");
    json_key(j, STR("additionalProperties"));
    put_table(j, table);
}

/* The same, where an entry may be a list of those. */
static void put_lists(struct json *j, const struct schema_table *table) {
    put_type(j, "object");
    json_key(j, STR("additionalProperties"));
    json_object_begin(j);
    put_any_of_begin(j);
    put_table(j, table);
    json_object_begin(j);
    put_type(j, "array");
    json_key(j, STR("items"));
    put_table(j, table);
    json_object_end(j);
    json_array_end(j);
    json_object_end(j);
}

static void put_word_or_items(struct json *j, const char *const *words,
                              const struct schema_table *table) {
    put_any_of_begin(j);
    json_object_begin(j);
    put_choices(j, words);
    json_object_end(j);
    json_object_begin(j);
    put_items(j, table);
    json_object_end(j);
    json_array_end(j);
}

static void put_alarms(struct json *j, const struct schema_row *row) {
    put_any_of_begin(j);
    json_object_begin(j);
    put_choices(j, schema_alarms_word.choices);
    json_object_end(j);
    json_object_begin(j);
    put_type(j, "object");
    json_key(j, STR("properties"));
    json_object_begin(j);
    json_key(j, STR("recommended"));
    json_object_begin(j);
    put_choices(j, schema_alarms_key.choices);
    json_object_end(j);
    json_object_end(j);
    json_key(j, STR("additionalProperties"));
    put_table(j, row->table);
    json_object_end(j);
    json_array_end(j);
}

static void put_dashboards(struct json *j) {
    put_any_of_begin(j);
    json_object_begin(j);
    json_kstr(j, "const", STR("none"));
    json_object_end(j);
    json_object_begin(j);
    put_type(j, "object");
    json_key(j, STR("additionalProperties"));
    json_object_begin(j);
    put_type(j, "array");
    json_key(j, STR("items"));
    json_object_begin(j);
    put_type(j, "object");
    json_kint(j, "minProperties", 1);
    json_kint(j, "maxProperties", 1);
    json_key(j, STR("additionalProperties"));
    json_object_begin(j);
    put_type(j, "array");
    json_key(j, STR("items"));
    json_object_begin(j);
    put_list_or_text(j, NULL);
    json_object_end(j);
    json_object_end(j);
    json_object_end(j);
    json_object_end(j);
    json_object_end(j);
    json_array_end(j);
}

static void put_ref(struct json *j, const char *definition) {
    json_key(j, STR("additionalProperties"));
    json_inline_begin(j);
    json_object_begin(j);
    json_kstr(j, "$ref", str_c(definition));
    json_object_end(j);
    json_inline_end(j);
}

/* Rows whose form the walker's types do not say. */
static bool put_special(struct json *j, const struct schema_row *row) {
    str ref = str_c(row->schema_ref);
    if (str_is(ref, "alarms"))
        put_alarms(j, row);
    else if (str_is(ref, "dashboards"))
        put_dashboards(j);
    else if (str_is(ref, "resource_alarms"))
        put_word_or_items(j, schema_alarms_word.choices, row->table);
    else if (str_is(ref, "texts"))
        put_list_or_text(j, NULL);
    else if (str_is(ref, "pairs"))
        put_pairs(j);
    else if (str_is(ref, "exactly"))
        put_type(j, "object");
    else if (str_is(ref, "resources") || str_is(ref, "environments")) {
        put_type(j, "object");
        put_ref(j, str_is(ref, "resources") ? "#/definitions/resource" : "#/definitions/overlay");
    } else
        return false;
    return true;
}

/* Nothing in a group is required here: an environment may say it (put_single_environment). */
static void put_group(struct json *j, const struct schema_table *t) {
    if (t->scalar == NULL) {
        put_keys(j, t);
        return;
    }
    put_any_of_begin(j);
    json_object_begin(j);
    put_keys(j, t);
    json_object_end(j);
    put_simple(j, "string");
    json_array_end(j);
}

static void put_examples(struct json *j, const struct schema_row *row) {
    json_key(j, STR("examples"));
    json_inline_begin(j);
    json_array_begin(j);
    json_str(j, str_c(row->example));
    json_array_end(j);
    json_inline_end(j);
}

/* Under `notify` a list of addresses stands for one topic that has them all. */
static void put_items_row(struct json *j, const struct schema_row *row) {
    if ((row->flags & SCHEMA_LISTS) != 0) {
        put_lists(j, row->table);
        return;
    }
    if (row->schema_ref == NULL || !str_is(str_c(row->schema_ref), "notify")) {
        put_items(j, row->table);
        return;
    }
    put_any_of_begin(j);
    json_object_begin(j);
    put_list_or_text(j, NULL);
    json_object_end(j);
    json_object_begin(j);
    put_items(j, row->table);
    json_object_end(j);
    json_array_end(j);
}

/* The doc, and the bounds: JSON Schema has none for quantities with a unit. */
static void put_description(struct json *j, const struct schema_row *row) {
    struct buf range = BUF_INIT(256);
    schema_put_range(&range, str_c(row->min), str_c(row->max));
    json_key(j, STR("description"));
    json_str_open(j);
    json_str_piece(j, str_c(row->doc));
    if (range.n > 0) {
        json_str_piece(j, STR(" ("));
        json_str_piece(j, buf_str(&range));
        json_str_piece(j, STR(")"));
    }
    json_str_close(j);
    buf_done(&range);
}

static void put_bound(struct json *j, const char *key, const char *bound) {
    struct quantity q;
    if (bound != NULL && schema_quantity(SCHEMA_COUNT, str_c(bound), &q))
        json_kint(j, key, num_floor(q.value));
}

static void put_quantity(struct json *j, const struct schema_row *row) {
    bool count = row->type == SCHEMA_COUNT;
    put_types(j, count ? "number" : "string", count ? "string" : "number");
    if (!count)
        return;
    put_bound(j, "minimum", row->min);
    put_bound(j, "maximum", row->max);
}

void schema_json_row(struct json *j, const struct schema_row *row) {
    json_object_begin(j);
    put_description(j, row);
    if (row->schema_ref != NULL && put_special(j, row)) {
        json_object_end(j);
        return;
    }
    switch (row->type) {
    case SCHEMA_TEXT:
    case SCHEMA_CONDITION:
        put_formed_text(j, row->form);
        break;
    case SCHEMA_NAME:
        put_type(j, "string");
        json_kstr(j, "pattern", STR("^([A-Za-z][A-Za-z0-9_-]*|.*\\$\\{.*)$"));
        break;
    case SCHEMA_CHOICE:
        put_choices(j, row->choices);
        break;
    case SCHEMA_BOOL:
        put_type(j, "boolean");
        break;
    case SCHEMA_COUNT:
    case SCHEMA_DURATION:
    case SCHEMA_SIZE:
    case SCHEMA_PERCENT:
    case SCHEMA_MONEY:
        put_quantity(j, row);
        break;
    case SCHEMA_TEXTS:
        if (row->choices != NULL)
            put_list_or_choice(j, row->choices);
        else
            put_list_or_text(j, row->form);
        break;
    case SCHEMA_PAIRS:
        put_pairs(j);
        break;
    case SCHEMA_GROUP:
        put_group(j, row->table);
        break;
    case SCHEMA_ITEMS:
        put_items_row(j, row);
        break;
    case SCHEMA_NODE:
    case SCHEMA_DONE:
        break;
    }
    if (row->example != NULL)
        put_examples(j, row);
    json_object_end(j);
}

static void put_one_required(struct json *j, const char *key) {
    json_object_begin(j);
    json_key(j, STR("required"));
    json_inline_begin(j);
    json_array_begin(j);
    json_str(j, str_c(key));
    json_array_end(j);
    json_inline_end(j);
    json_object_end(j);
}

/* The key, or the one that may stand in its place. A table has one such row. */
static void put_either(struct json *j, const struct schema_row *row) {
    put_any_of_begin(j);
    put_one_required(j, row->key);
    put_one_required(j, row->unless);
    json_array_end(j);
}

/* The keys that must be there, as a member "required"; none: no member. */
static void put_required(struct json *j, const struct schema_table *t) {
    bool any = false;
    for (uint32_t i = 0; i < t->n; i++) {
        if ((t->rows[i].flags & SCHEMA_REQUIRED) == 0 || t->rows[i].unless != NULL)
            continue;
        if (!any) {
            json_key(j, STR("required"));
            json_inline_begin(j);
            json_array_begin(j);
        }
        any = true;
        json_str(j, str_c(t->rows[i].key));
    }
    if (any) {
        json_array_end(j);
        json_inline_end(j);
    }
    for (uint32_t i = 0; i < t->n; i++) {
        if (t->rows[i].unless != NULL)
            put_either(j, &t->rows[i]);
    }
}

static void put_keys(struct json *j, const struct schema_table *t) {
    put_type(j, "object");
    json_key(j, STR("properties"));
    json_object_begin(j);
    for (uint32_t i = 0; i < t->n; i++) {
        json_key(j, str_c(t->rows[i].key));
        schema_json_row(j, &t->rows[i]);
    }
    json_object_end(j);
    json_kbool(j, "additionalProperties", t->rest_offset != SCHEMA_NO_OFFSET);
}

static void put_object(struct json *j, const struct schema_table *t) {
    put_keys(j, t);
    put_required(j, t);
}

static void put_table(struct json *j, const struct schema_table *t) {
    json_object_begin(j);
    if (t->scalar == NULL) {
        put_object(j, t);
        json_object_end(j);
        return;
    }
    /* The short form: a text (or list) in place of the mapping. */
    put_any_of_begin(j);
    json_object_begin(j);
    put_list_or_text(j, NULL);
    json_object_end(j);
    json_object_begin(j);
    put_object(j, t);
    json_object_end(j);
    json_array_end(j);
    json_object_end(j);
}

static const struct schema_table *table_of(const char *key) {
    for (uint32_t i = 0; i < schema_spec.n; i++) {
        if (str_is(str_c(schema_spec.rows[i].key), key))
            return schema_spec.rows[i].table;
    }
    return NULL;
}

/* What an environment may say: any key of the spec but those that choose environments, and nothing
 * is required. */
static void put_overlay(struct json *j) {
    put_type(j, "object");
    json_key(j, STR("properties"));
    json_object_begin(j);
    for (uint32_t i = 0; i < schema_spec.n; i++) {
        const struct schema_row *row = &schema_spec.rows[i];
        if ((row->flags & SCHEMA_TOP) != 0)
            continue;
        json_key(j, str_c(row->key));
        json_object_begin(j);
        json_kstr(j, "description", str_c(row->doc));
        json_object_end(j);
    }
    json_object_end(j);
    json_kbool(j, "additionalProperties", false);
}

/* Without `environments:` everything that is required stands in the spec itself. */
static void put_single_environment(struct json *j) {
    json_key(j, STR("if"));
    json_inline_begin(j);
    json_object_begin(j);
    json_key(j, STR("not"));
    json_object_begin(j);
    json_key(j, STR("required"));
    json_array_begin(j);
    json_str(j, STR("environments"));
    json_array_end(j);
    json_object_end(j);
    json_object_end(j);
    json_inline_end(j);
    json_key(j, STR("then"));
    json_object_begin(j);
    put_required(j, &schema_spec);
    json_key(j, STR("properties"));
    json_object_begin(j);
    for (uint32_t i = 0; i < schema_spec.n; i++) {
        const struct schema_row *row = &schema_spec.rows[i];
        if (row->type != SCHEMA_GROUP)
            continue;
        json_key(j, str_c(row->key));
        json_object_begin(j);
        put_required(j, row->table);
        json_object_end(j);
    }
    json_object_end(j);
    json_object_end(j);
}

void schema_json(struct buf *out, schema_json_fn *resource_rules, void *ctx) {
    struct json j = json_to(out, 2);
    json_object_begin(&j);
    json_kstr(&j, "$schema", STR("http://json-schema.org/draft-07/schema#"));
    json_kstr(&j, "title", STR("ops.yaml"));
    json_kstr(&j, "description", STR("The operations of a system on AWS, for opsc."));
    put_keys(&j, &schema_spec);
    put_single_environment(&j);
    json_key(&j, STR("definitions"));
    json_object_begin(&j);
    json_key(&j, STR("overlay"));
    json_object_begin(&j);
    put_overlay(&j);
    json_object_end(&j);
    json_key(&j, STR("resource"));
    json_object_begin(&j);
    put_object(&j, table_of("resources"));
    resource_rules(&j, ctx);
    json_object_end(&j);
    json_object_end(&j);
    json_object_end(&j);
    buf_byte(out, '\n');
}
