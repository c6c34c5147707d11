/* SPDX-License-Identifier: MIT */
#include "catalog/kind.h"

const struct schema_row kind_find_row = {.key = "find",
                                         .type = SCHEMA_PAIRS,
                                         .doc = "Filters that look it up in place of `id`.",
                                         .example = "{ tag:Name: reco-web }"};

/* How schema's walker reads an attribute of this type. */
static enum schema_type schema_type_of(enum cat_type t) {
    switch (t) {
    case CAT_STRING:
    case CAT_RESOURCE:
        return SCHEMA_TEXT;
    case CAT_NAME:
        return SCHEMA_NAME;
    case CAT_BOOL:
        return SCHEMA_BOOL;
    case CAT_ENUM:
        return SCHEMA_CHOICE;
    case CAT_COUNT:
        return SCHEMA_COUNT;
    case CAT_SIZE:
        return SCHEMA_SIZE;
    case CAT_DURATION:
        return SCHEMA_DURATION;
    case CAT_PERCENT:
        return SCHEMA_PERCENT;
    case CAT_MONEY:
        return SCHEMA_MONEY;
    case CAT_LIST:
        return SCHEMA_TEXTS;
    case CAT_MAP:
        return SCHEMA_PAIRS;
    case CAT_GROUP:
        break;
    }
    return SCHEMA_NODE;
}

static const char *c_text(struct arena *a, str s) {
    return (const char *)arena_str(a, s).p;
}

static const char *text_or_null(struct arena *a, str s) {
    return s.n > 0 ? c_text(a, s) : NULL;
}

struct schema_row kind_attribute_row(struct arena *a, const struct cat_attribute *decl) {
    enum schema_type type = schema_type_of((enum cat_type)decl->type.value);
    const char **choices = NULL;
    if (type == SCHEMA_CHOICE) {
        choices = ARENA_ARRAY(a, const char *, decl->values.n + 1);
        for (uint32_t i = 0; i < decl->values.n; i++)
            choices[i] = c_text(a, decl->values.items[i].text);
    }
    return (struct schema_row){
        .key = c_text(a, decl->name.text),
        .type = type,
        .doc = c_text(a, decl->doc.text),
        .choices = choices,
        .form = text_or_null(a, decl->form.text),
        .example = text_or_null(a, decl->example.text),
        .min = text_or_null(a, decl->min.text),
        .max = text_or_null(a, decl->max.text),
    };
}

static bool check_bound(struct diag_list *dl, const struct cat_attribute *decl, const char *name,
                        const struct cfg_text *bound, struct quantity *ret) {
    enum schema_type type = schema_type_of((enum cat_type)decl->type.value);
    if (!given(bound->at))
        return false;
    bool number = type >= SCHEMA_COUNT && type <= SCHEMA_MONEY;
    if (number && schema_quantity(type, bound->text, ret))
        return true;
    diag_add(dl, DIAG_CATALOG_FILE, bound->at,
             number ? "`%s` of `%.*s` is not %s" : "`%s` means nothing for `%.*s`, which takes %s",
             name, STR_ARG(decl->name.text), schema_types[type].words);
    return false;
}

bool kind_attribute_check(struct diag_list *dl, const struct cat_attribute *items, uint32_t n,
                          unsigned depth) {
    uint32_t errors = dl->errors;
    for (uint32_t i = 0; i < n && depth < CAT_GROUP_DEPTH_MAX; i++) {
        const struct cat_attribute *decl = &items[i];
        struct quantity min, max;
        bool least = check_bound(dl, decl, "min", &decl->min, &min);
        if (check_bound(dl, decl, "max", &decl->max, &max) && least &&
            num_cmp(min.value, max.value) > 0)
            diag_add(dl, DIAG_CATALOG_FILE, decl->max.at, "`max` of `%.*s` is less than its `min`",
                     STR_ARG(decl->name.text));
        kind_attribute_check(dl, decl->attributes.items, decl->attributes.n, depth + 1);
    }
    return dl->errors == errors;
}
