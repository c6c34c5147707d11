/* SPDX-License-Identifier: MIT */
#include "schema/schema.h"

/* Longer texts are not repeated in a hint. */
#define EXAMPLE_MAX 80

/* Whether `key: ` with nothing behind is no key: a comma of `{ }` stands before it, no newline. */
static bool follows_comma(struct schema_walk *w, const struct yaml_node *before,
                          const struct yaml_pair *p) {
    if (before->type != YAML_SCALAR || before->style != YAML_PLAIN || before->text.n == 0 ||
        p->key->style != YAML_PLAIN || p->value->type != YAML_SCALAR ||
        p->value->style != YAML_PLAIN || p->value->text.n > 0 ||
        before->at.file != p->key->at.file || before->at.end > p->key->at.start)
        return false;
    str text = sources_get(w->dl->sources, before->at.file)->text;
    str between = str_trim(str_sub(text, before->at.end, p->key->at.start));
    str behind = str_sub(text, p->key->at.end, p->value->at.start);
    return str_is(between, ",") && str_find(behind, ':') == behind.n;
}

uint32_t schema_comma(struct schema_walk *w, const struct schema_table *t,
                      const struct yaml_node *map, uint32_t i) {
    uint32_t n = 0;
    if (i == 0)
        return 0;
    const struct yaml_node *before = map->pairs[i - 1].value;
    for (const struct yaml_node *b = before; i + n < map->n; n++) {
        if (!follows_comma(w, b, &map->pairs[i + n]))
            break;
        b = map->pairs[i + n].key;
    }
    if (before == NULL || n == 0)
        return 0;
    const struct yaml_node *key = map->pairs[i].key;
    span whole = span_join(before->at, map->pairs[i + n - 1].key->at);
    str text = str_sub(sources_get(w->dl->sources, whole.file)->text, whole.start, whole.end);
    struct diag *d = diag_add(w->dl, DIAG_UNKNOWN_KEY, key->at, "unknown key `%.*s` in %s",
                              STR_ARG(key->text), t->name);
    diag_also(w->dl, d, before->at, "this text ends at the comma");
    if (text.n <= EXAMPLE_MAX && str_find(text, '"') == text.n && str_find(text, '\\') == text.n)
        diag_hint(w->dl, d, "Put a text with a comma in quotes: `\"%.*s\"`.", STR_ARG(text));
    else
        diag_hint(w->dl, d, "Put a text with a comma in quotes.");
    return n;
}
