/* SPDX-License-Identifier: MIT */
#include "catalog/kind.h"

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
        .form = decl->form.text.n > 0 ? c_text(a, decl->form.text) : NULL,
        .example = decl->example.text.n > 0 ? c_text(a, decl->example.text) : NULL,
    };
}
