/* SPDX-License-Identifier: MIT */
#include "schema/schema.h"

#include <assert.h>

#define NAME_MAX_BYTES 64
#define CHOICES_SHOWN 12

const struct schema_type_row schema_types[SCHEMA_DONE + 1] = {
    [SCHEMA_TEXT] = {"string", "a text"},
    [SCHEMA_NAME] = {"name", "a name such as web-1"},
    [SCHEMA_CONDITION] = {"condition", "a condition such as `web.cpu > 80% for 5m`"},
    [SCHEMA_CHOICE] = {"enum", "one of a few words"},
    [SCHEMA_BOOL] = {"bool", "true or false"},
    [SCHEMA_COUNT] = {"count", "a whole number such as 81"},
    [SCHEMA_DURATION] = {"duration", "a duration such as 5m"},
    [SCHEMA_SIZE] = {"size", "a size such as 16 GiB"},
    [SCHEMA_PERCENT] = {"percent", "a percentage such as 80%"},
    [SCHEMA_MONEY] = {"money", "an amount such as $25"},
    [SCHEMA_TEXTS] = {"list", "a text or a list of texts"},
    [SCHEMA_PAIRS] = {"map", "a mapping of texts"},
    [SCHEMA_GROUP] = {"mapping", "a mapping"},
    [SCHEMA_ITEMS] = {"mapping by name", "a mapping"},
    [SCHEMA_NODE] = {"word, mapping by name", "a value"},
    [SCHEMA_DONE] = {"mapping by name", "a value"},
};

static void *field_at(void *base, size_t offset) {
    return (unsigned char *)base + offset;
}

static struct diag *wrong_type(struct schema_walk *w, const struct yaml_node *n, const char *what,
                               const char *expected) {
    struct diag *d = diag_add(w->dl, DIAG_WRONG_TYPE, n->at, "`%s` takes %s, found %s", what,
                              expected, yaml_type_name(n));
    diag_label(w->dl, d, "expected %s", expected);
    return d;
}

bool schema_text(struct schema_walk *w, const struct yaml_node *n, const char *what,
                 struct cfg_text *ret) {
    ret->at = SPAN_TOLD;
    if (n->broken)
        return false;
    if (n->type != YAML_SCALAR || yaml_is_null(n)) {
        wrong_type(w, n, what, "a text");
        return false;
    }
    *ret = (struct cfg_text){n->text, n->at, n->origin};
    return true;
}

static bool name_is_valid(str s) {
    if (s.n == 0 || s.n > NAME_MAX_BYTES)
        return false;
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];
        bool letter = ascii_is_letter(c);
        bool other = ascii_is_digit(c) || c == '-' || c == '_';
        if (!letter && (i == 0 || !other))
            return false;
    }
    return s.p[s.n - 1] != '-';
}

/* A valid name like `s`, or empty. */
static str name_like(struct arena *a, str s) {
    struct buf b = BUF_INIT(NAME_MAX_BYTES * 2);
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];
        bool good = ascii_is_alnum(c) || c == '_';
        bool dash = b.n > 0 && b.p[b.n - 1] == '-';
        if (good || !dash)
            buf_byte(&b, good ? c : '-');
    }
    str r = arena_str(a, buf_str(&b));
    buf_done(&b);
    while (r.n > 0 && r.p[r.n - 1] == '-')
        r = str_sub(r, 0, r.n - 1);
    while (r.n > 0 && !ascii_is_letter(r.p[0]))
        r = str_sub(r, 1, r.n);
    return name_is_valid(r) ? r : STR("");
}

static bool read_name(struct schema_walk *w, const char *what, struct cfg_text *t) {
    if (name_is_valid(t->text))
        return true;
    struct diag *d = what == NULL
                         ? diag_add(w->dl, DIAG_BAD_NAME, t->at, "`%.*s` cannot be a name here",
                                    STR_ARG(t->text))
                         : diag_add(w->dl, DIAG_BAD_NAME, t->at, "`%s` takes a name, found `%.*s`",
                                    what, STR_ARG(t->text));
    str like = name_like(w->arena, t->text);
    diag_hint(
        w->dl, d,
        "%s%.*s%sA name starts with a letter, goes on with letters, digits, - and _, and does "
        "not end with - (at most %d).",
        like.n > 0 ? "Write `" : "", STR_ARG(like), like.n > 0 ? "`. " : "", NAME_MAX_BYTES);
    return false;
}

/* The index of a word among the choices of its row; -1: it is none of them, and that was said. */
static int choice_of(struct schema_walk *w, const struct schema_row *row,
                     const struct cfg_text *t) {
    for (int i = 0; row->choices[i] != NULL; i++) {
        /* An empty word holds the place of "not given". */
        if (row->choices[i][0] != 0 && str_is(t->text, row->choices[i]))
            return i;
    }
    struct suggest near = suggest_for(t->text);
    for (int i = 0; row->choices[i] != NULL; i++)
        suggest_offer(&near, str_c(row->choices[i]));
    struct diag *d =
        diag_add(w->dl, DIAG_BAD_VALUE, t->at, "`%s` cannot be `%.*s`", row->key, STR_ARG(t->text));
    if (diag_suggest(w->dl, d, &near))
        return -1;
    struct buf b = BUF_INIT(4096);
    for (int i = 0; row->choices[i] != NULL && i < CHOICES_SHOWN; i++) {
        if (row->choices[i][0] != 0)
            buf_printf(&b, "%s`%s`", b.n == 0 ? "" : ", ", row->choices[i]);
    }
    diag_hint(w->dl, d, "It is one of %.*s.", STR_ARG(buf_str(&b)));
    buf_done(&b);
    return -1;
}

static bool read_choice(struct schema_walk *w, const struct schema_row *row,
                        const struct yaml_node *n, struct cfg_choice *ret) {
    struct cfg_text t;
    if (!schema_text(w, n, row->key, &t))
        return false;
    int i = choice_of(w, row, &t);
    if (i >= 0)
        *ret = (struct cfg_choice){i, n->at};
    return i >= 0;
}

static const char *const yes_words[] = {"yes",  "Yes",  "YES",     "on", "On",
                                        "True", "TRUE", "enabled", "1",  NULL};
static const char *const no_words[] = {"no",    "No",    "NO",       "off", "Off",
                                       "False", "FALSE", "disabled", "0",   NULL};

static bool is_one_of(str s, const char *const *list) {
    for (int i = 0; list[i] != NULL; i++) {
        if (str_is(s, list[i]))
            return true;
    }
    return false;
}

static bool read_bool(struct schema_walk *w, const struct schema_row *row,
                      const struct yaml_node *n, struct cfg_bool *ret) {
    struct cfg_text t;
    if (!schema_text(w, n, row->key, &t))
        return false;
    bool yes = str_is(t.text, "true");
    if (!yes && !str_is(t.text, "false")) {
        struct diag *d =
            diag_add(w->dl, DIAG_BAD_VALUE, n->at, "`%s` is neither true nor false", row->key);
        diag_hint(w->dl, d, "Write %s.",
                  is_one_of(t.text, yes_words)  ? "`true`"
                  : is_one_of(t.text, no_words) ? "`false`"
                                                : "`true` or `false`");
        return false;
    }
    *ret = (struct cfg_bool){yes, n->at};
    return true;
}

/* What dimension a type wants; COUNT wants a bare number. */
static struct dim dim_of(enum schema_type t) {
    struct dim d = DIM_NONE;
    d.time = t == SCHEMA_DURATION;
    d.data = t == SCHEMA_SIZE;
    d.money = t == SCHEMA_MONEY;
    return d;
}

static bool quantity_fits(enum schema_type t, struct quantity q) {
    if (!num_ok(q.value) || !dim_eq(q.dim, dim_of(t)))
        return false;
    return t == SCHEMA_COUNT     ? q.bare && !q.percent && num_is_int(q.value)
           : t == SCHEMA_PERCENT ? q.percent
                                 : !q.bare;
}

/* Whether the whole text is one quantity, if of the type or not. */
static bool scan_whole(str text, struct quantity *ret) {
    uint32_t bad_unit = 0, used = quantity_scan(text, ret, &bad_unit);
    return used == text.n && used > 0 && bad_unit == 0;
}

bool schema_quantity(enum schema_type type, str text, struct quantity *ret) {
    return scan_whole(str_trim(text), ret) && quantity_fits(type, *ret);
}

/* "30" beside the example "7d": "30d". */
static str with_unit(struct arena *a, str number, const char *example) {
    str e = str_c(example);
    bool money = e.n > 0 && e.p[0] == '$';
    uint32_t i = 0;
    while (i < e.n && (ascii_is_digit(e.p[i]) || e.p[i] == '.'))
        i++;
    return money ? arena_printf(a, "$%.*s", STR_ARG(number))
                 : arena_printf(a, "%.*s%.*s", STR_ARG(number), STR_ARG(str_sub(e, i, e.n)));
}

/* The word of letters at the end of a text: what was meant as a unit. */
static str unit_word(str s) {
    uint32_t i = s.n;
    while (i > 0 && ascii_is_letter(s.p[i - 1]))
        i--;
    return str_sub(s, i, s.n);
}

static bool suggest_unit(struct schema_walk *w, struct diag *d, enum schema_type t, str text) {
    str word = unit_word(text);
    struct suggest near = suggest_for(word);
    if (word.n == text.n || unit_find(word) != NULL)
        return false;
    for (uint32_t i = 0; i < units_n; i++) {
        if (dim_eq(units[i].dim, dim_of(t)) && t != SCHEMA_COUNT && t != SCHEMA_PERCENT)
            suggest_offer(&near, str_c(units[i].name));
    }
    if (near.best.n == 0)
        return false;
    diag_hint(w->dl, d, "There is no unit `%.*s`. Did you mean `%.*s`?", STR_ARG(word),
              STR_ARG(near.best));
    return true;
}

static void bad_quantity(struct schema_walk *w, const struct schema_row *row,
                         const struct yaml_node *n, bool whole, const struct quantity *q) {
    str text = str_trim(n->text);
    const char *example = row->example != NULL ? row->example : dim_example(dim_of(row->type));
    struct diag *d = diag_add(w->dl, DIAG_BAD_QUANTITY, n->at, "`%s` takes %s, found `%.*s`",
                              row->key, schema_types[row->type].words, STR_ARG(text));
    if (text.n > 0 && text.p[0] == '-')
        diag_hint(w->dl, d, "It cannot be negative.");
    else if (whole && !num_ok(q->value))
        diag_hint(w->dl, d, "The number is too big, or has too many digits.");
    else if (whole && q->bare && row->type == SCHEMA_COUNT)
        diag_hint(w->dl, d, "It is counted in whole ones.");
    else if (whole && q->bare && !q->percent)
        diag_hint(w->dl, d, "A number alone has no unit. Write it like `%.*s`.",
                  STR_ARG(with_unit(w->arena, text, example)));
    else if (whole && quantity_fits(row->type, *q))
        diag_hint(w->dl, d, "It is counted in whole seconds.");
    else if (!suggest_unit(w, d, row->type, text))
        diag_hint(w->dl, d, "For example `%s`.", example);
}

/* Neither AWS nor a script knows parts of a second; a kind of the user's own says by its `min` that
 * it does. */
static bool has_parts(const struct schema_row *row, const struct quantity *q) {
    struct quantity least;
    return row->type == SCHEMA_DURATION && !num_is_int(q->value) &&
           !(row->min != NULL && schema_quantity(row->type, str_c(row->min), &least) &&
             num_cmp(least.value, num_int(1)) < 0);
}

static bool read_quantity(struct schema_walk *w, const struct schema_row *row,
                          const struct yaml_node *n, struct cfg_quantity *ret) {
    if (n->type != YAML_SCALAR || yaml_is_null(n)) {
        wrong_type(w, n, row->key, schema_types[row->type].words);
        return false;
    }
    struct quantity q = {.value = NUM_NAN};
    str text = str_trim(n->text);
    bool whole = scan_whole(text, &q);
    if (!whole || !quantity_fits(row->type, q) || has_parts(row, &q)) {
        bad_quantity(w, row, n, whole, &q);
        return false;
    }
    *ret = (struct cfg_quantity){q, n->at};
    return schema_check_range(w, row, ret, text);
}

static bool read_texts(struct schema_walk *w, const struct schema_row *row,
                       const struct yaml_node *n, struct cfg_texts *ret) {
    const struct yaml_node *one[1] = {n};
    bool list = n->type == YAML_LIST;
    uint32_t count = list ? n->n : 1;
    struct cfg_text *items = ARENA_ARRAY(w->arena, struct cfg_text, count > 0 ? count : 1);
    bool ok = true;
    if (!list && (n->type == YAML_MAP || yaml_is_null(n))) {
        wrong_type(w, n, row->key, schema_types[SCHEMA_TEXTS].words);
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        bool good = schema_text(w, list ? n->items[i] : one[0], row->key, &items[i]) &&
                    schema_check_form(w, row, &items[i]) &&
                    (row->choices == NULL || choice_of(w, row, &items[i]) >= 0);
        /* Reported; an empty text causes no more problems. */
        if (!good)
            items[i] = (struct cfg_text){STR(""), SPAN_TOLD, NULL};
        ok &= good;
    }
    *ret = (struct cfg_texts){items, count, n->at};
    return ok;
}

static bool read_pairs(struct schema_walk *w, const struct schema_row *row,
                       const struct yaml_node *n, struct cfg_pairs *ret) {
    if (n->type != YAML_MAP) {
        wrong_type(w, n, row->key, schema_types[SCHEMA_PAIRS].words);
        return false;
    }
    struct cfg_pair *items = ARENA_ARRAY(w->arena, struct cfg_pair, n->n > 0 ? n->n : 1);
    bool ok = true;
    for (uint32_t i = 0; i < n->n; i++) {
        const struct yaml_node *k = n->pairs[i].key;
        items[i].key = (struct cfg_text){k->text, k->at, k->origin};
        ok &= schema_text(w, n->pairs[i].value, row->key, &items[i].value);
    }
    *ret = (struct cfg_pairs){items, n->n, n->at};
    return ok;
}

/* The head of every CFG_ITEMS. */
struct items {
    void *items;
    uint32_t n;
    span at;
};

static void hint_example(struct schema_walk *w, struct diag *d, const struct schema_row *row) {
    if (row != NULL && row->example != NULL)
        diag_hint(w->dl, d, "For example `%s: %s`.", row->key, row->example);
}

/* "web:" and below it, as far to the left, what should have been its keys. */
static bool hint_indent(struct schema_walk *w, struct diag *d, const struct yaml_node *empty) {
    if (empty != NULL)
        diag_hint(w->dl, d, "Indent it below `%.*s:`, which has nothing, if it belongs there.",
                  STR_ARG(empty->text));
    return empty != NULL;
}

/* schema_read() that knows, for messages, where it is. */
static bool read_below(struct schema_walk *w, const struct yaml_node *key,
                       const struct schema_row *row, const struct schema_table *t,
                       const struct yaml_node *n, void *out) {
    const struct yaml_node *key_before = w->key;
    const struct schema_row *row_before = w->row;
    w->key = key;
    w->row = row;
    bool ok = schema_read(w, t, n, out);
    w->key = key_before;
    w->row = row_before;
    return ok;
}

/* How many items an entry is. */
static uint32_t items_of(const struct schema_row *row, const struct yaml_node *value) {
    return (row->flags & SCHEMA_LISTS) != 0 && value->type == YAML_LIST ? value->n : 1;
}

static bool read_items(struct schema_walk *w, const struct schema_row *row,
                       const struct yaml_node *n, struct items *ret) {
    if (n->type != YAML_MAP) {
        struct diag *d = wrong_type(w, n, row->key, schema_types[SCHEMA_ITEMS].words);
        hint_example(w, d, row);
        return false;
    }
    const struct schema_table *t = row->table;
    uint32_t room = 1, count = 0;
    for (uint32_t i = 0; i < n->n; i++)
        room += items_of(row, n->pairs[i].value);
    unsigned char *items = arena_alloc(w->arena, row->item_size * room, 16);
    const struct yaml_node *empty = NULL;
    bool ok = true;
    for (uint32_t i = 0; i < n->n; i++) {
        const struct yaml_node *k = n->pairs[i].key, *value = n->pairs[i].value;
        struct cfg_text name = {k->text, k->at, k->origin};
        bool list = (row->flags & SCHEMA_LISTS) != 0 && value->type == YAML_LIST;
        if ((row->flags & SCHEMA_ANY_KEY) == 0)
            ok &= read_name(w, NULL, &name);
        for (uint32_t j = 0; j < items_of(row, value); j++, count++) {
            void *item = items + row->item_size * count;
            memcpy(field_at(item, t->name_offset), &name, sizeof name);
            w->empty = empty;
            ok &= read_below(w, k, row, t, list ? value->items[j] : value, item);
        }
        if (yaml_is_null(value) || value->type == YAML_MAP)
            empty = yaml_is_null(value) ? k : NULL;
    }
    w->empty = NULL;
    *ret = (struct items){items, count, n->at};
    return ok;
}

static void *group_at(struct schema_walk *w, const struct schema_row *row, void *field) {
    if (row->item_size == 0)
        return field;
    void *apart = arena_alloc(w->arena, row->item_size, 16);
    memcpy(field, &apart, sizeof apart);
    return apart;
}

bool schema_read_value(struct schema_walk *w, const struct schema_row *row,
                       const struct yaml_node *n, void *field) {
    if (n->broken)
        return false;
    if (row->read != NULL && row->read(w, row, n, field))
        return true;
    switch (row->type) {
    case SCHEMA_TEXT:
        return schema_text(w, n, row->key, field) && schema_check_form(w, row, field);
    case SCHEMA_CONDITION:
        return schema_text(w, n, row->key, field);
    case SCHEMA_NAME:
        return schema_text(w, n, row->key, field) && read_name(w, row->key, field);
    case SCHEMA_CHOICE:
        return read_choice(w, row, n, field);
    case SCHEMA_BOOL:
        return read_bool(w, row, n, field);
    case SCHEMA_COUNT:
    case SCHEMA_DURATION:
    case SCHEMA_SIZE:
    case SCHEMA_PERCENT:
    case SCHEMA_MONEY:
        return read_quantity(w, row, n, field);
    case SCHEMA_TEXTS:
        return read_texts(w, row, n, field);
    case SCHEMA_PAIRS:
        return read_pairs(w, row, n, field);
    case SCHEMA_GROUP:
        return schema_read(w, row->table, n, group_at(w, row, field));
    case SCHEMA_ITEMS:
        return read_items(w, row, n, field);
    case SCHEMA_NODE:
        memcpy(field, &n, sizeof n);
        return true;
    case SCHEMA_DONE:
        return true;
    }
    return false;
}

static const struct schema_row *find_row(const struct schema_table *t, str key) {
    for (uint32_t i = 0; i < t->n; i++) {
        if (key.n > 0 && t->rows[i].key[0] == (char)key.p[0] && str_is(key, t->rows[i].key))
            return &t->rows[i];
    }
    return NULL;
}

static bool has_key(const struct yaml_node *map, const char *key) {
    for (uint32_t i = 0; i < map->n; i++) {
        if (str_is(map->pairs[i].key->text, key))
            return true;
    }
    return false;
}

/* The row whose key was most likely meant and is not there, or NULL: its value is read as if it
 * was. `empty` as in struct schema_walk. */
static const struct schema_row *unknown_key(struct schema_walk *w, const struct schema_table *t,
                                            const struct yaml_node *map,
                                            const struct yaml_node *key,
                                            const struct yaml_node *empty) {
    struct diag *d = diag_add(w->dl, DIAG_UNKNOWN_KEY, key->at, "unknown key `%.*s` in %s",
                              STR_ARG(key->text), t->name);
    struct suggest near = suggest_for(key->text);
    for (uint32_t i = 0; i < t->n; i++)
        suggest_offer(&near, str_c(t->rows[i].key));
    if (diag_suggest(w->dl, d, &near)) {
        const struct schema_row *meant = near.by_word ? NULL : find_row(t, near.best);
        return meant != NULL && !has_key(map, meant->key) ? meant : NULL;
    }
    if (hint_indent(w, d, empty))
        return NULL;
    struct buf b = BUF_INIT(4096);
    for (uint32_t i = 0; i < t->n; i++)
        buf_printf(&b, "%s`%s`", i == 0 ? "" : ", ", t->rows[i].key);
    diag_hint(w->dl, d, "Known here: %.*s.", STR_ARG(buf_str(&b)));
    buf_done(&b);
    return NULL;
}

static bool missing_keys(struct schema_walk *w, const struct schema_table *t,
                         const struct yaml_node *n, uint64_t seen) {
    bool ok = true;
    for (uint32_t i = 0; i < t->n; i++) {
        const struct schema_row *row = &t->rows[i];
        if ((row->flags & SCHEMA_REQUIRED) == 0 || (seen >> i & 1) != 0 ||
            (row->unless != NULL && has_key(n, row->unless)))
            continue;
        str name = w->key != NULL ? arena_printf(w->arena, "`%.*s`", STR_ARG(w->key->text))
                                  : str_c(t->name);
        /* A long mapping underlined whole tells nothing: point at its key, or at its first one. */
        span at = w->key != NULL                    ? w->key->at
                  : n->type == YAML_MAP && n->n > 0 ? n->pairs[0].key->at
                                                    : n->at;
        struct diag *d =
            diag_add(w->dl, DIAG_MISSING_KEY, at, "%.*s has no `%s`", STR_ARG(name), row->key);
        if (row->example != NULL)
            diag_hint(w->dl, d, "%s Add `%s: %s`.", row->doc, row->key, row->example);
        else
            diag_hint(w->dl, d, "%s Add `%s:`.", row->doc, row->key);
        ok = false;
    }
    return ok;
}

static bool read_scalar_form(struct schema_walk *w, const struct schema_table *t,
                             const struct yaml_node *n, void *out) {
    const struct schema_row *row = find_row(t, str_c(t->scalar));
    assert(row != NULL);
    uint64_t seen = UINT64_C(1) << (row - t->rows);
    bool ok = schema_read_value(w, row, n, field_at(out, row->offset));
    return missing_keys(w, t, n, seen) && ok;
}

static bool read_key(struct schema_walk *w, const struct schema_row *row, const struct yaml_pair *p,
                     void *out) {
    if (row->type == SCHEMA_DONE)
        return true;
    void *field = field_at(out, row->offset);
    if (row->type == SCHEMA_GROUP && row->read == NULL)
        return read_below(w, p->key, row, row->table, p->value, group_at(w, row, field));
    return schema_read_value(w, row, p->value, field);
}

/* A text that is not the whole of what was meant; nothing more is said of it. */
static void drop_text(const struct schema_row *row, void *out) {
    if (row != NULL && (row->type == SCHEMA_TEXT || row->type == SCHEMA_CONDITION))
        memset(field_at(out, row->offset), 0, sizeof(struct cfg_text));
}

bool schema_read(struct schema_walk *w, const struct schema_table *t, const struct yaml_node *n,
                 void *out) {
    assert(t->n <= 64);
    if (t->at_offset != SCHEMA_NO_OFFSET)
        memcpy(field_at(out, t->at_offset), &n->at, sizeof n->at);
    if (n->broken)
        return false;
    if (t->scalar != NULL && n->type != YAML_MAP && !yaml_is_null(n))
        return read_scalar_form(w, t, n, out);
    if (yaml_is_null(n))
        return missing_keys(w, t, n, 0);
    if (n->type != YAML_MAP) {
        str name = w->key != NULL ? w->key->text : str_c(t->name);
        struct diag *d = wrong_type(w, n, (const char *)arena_str(w->arena, name).p, "a mapping");
        if (!hint_indent(w, d, w->empty))
            hint_example(w, d, w->row);
        return false;
    }
    w->empty = NULL;
    uint64_t seen = 0;
    bool ok = true;
    const struct schema_row *before = NULL;
    const struct yaml_node *empty = NULL;
    VEC(const struct yaml_pair *) rest = {0};
    for (uint32_t i = 0; i < n->n; i++) {
        const struct yaml_pair *p = &n->pairs[i];
        const struct schema_row *row = find_row(t, p->key->text);
        if (row == NULL && t->rest_offset != SCHEMA_NO_OFFSET) {
            VEC_PUSH(w->arena, &rest, p);
            continue;
        }
        if (row == NULL) {
            uint32_t rest_of_text = schema_comma(w, t, n, i);
            if (rest_of_text > 0) {
                i += rest_of_text - 1;
                drop_text(before, out);
            } else {
                row = unknown_key(w, t, n, p->key, empty);
            }
            ok = false;
        }
        before = row;
        if (row == NULL)
            continue;
        empty = yaml_is_null(p->value) ? p->key : NULL;
        seen |= UINT64_C(1) << (row - t->rows);
        ok &= read_key(w, row, p, out);
    }
    if (t->rest_offset != SCHEMA_NO_OFFSET) {
        struct cfg_rest r = {rest.at, rest.n};
        memcpy(field_at(out, t->rest_offset), &r, sizeof r);
    }
    return missing_keys(w, t, n, seen) && ok;
}
