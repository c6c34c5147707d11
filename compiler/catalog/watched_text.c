/* SPDX-License-Identifier: MIT */
#include "catalog/watched.h"

#define TEMPLATE_MAX (16u << 20)

/* The name of the resource, or an attribute that is one text. */
static bool one_text(const struct watched *w, const struct attribute_value *v, str name, str *ret) {
    bool own = str_is(name, "name");
    if (!own && (v == NULL || v->decl->type.value == CAT_LIST))
        return false;
    *ret = own ? w->name : v->text.text;
    return true;
}

static bool put_attribute(struct buf *b, const struct watched *w, str name) {
    const struct attribute_value *v = watched_attribute(w, name);
    str text;
    if (one_text(w, v, name, &text)) {
        buf_put(b, text);
        return true;
    }
    for (uint32_t i = 0; v != NULL && i < v->list.n; i++) {
        if (i > 0)
            buf_byte(b, ' ');
        buf_put(b, v->list.items[i].text);
    }
    return v != NULL;
}

/* `gap` stands for what is not given; NULL: the template ends there, and `ret_missing` has its
 * name.
 */
static bool put_template(struct buf *b, const struct watched *w, str t, const char *gap,
                         str *ret_missing) {
    while (t.n > 0) {
        uint32_t plain = str_find(t, '$');
        if (!str_starts(t, STR("${"))) {
            plain = plain == 0 ? 1 : plain; /* a lone dollar */
            buf_put(b, str_sub(t, 0, plain));
            t = str_sub(t, plain, t.n);
            continue;
        }
        uint32_t end = str_find(t, '}');
        str name = str_sub(t, 2, end);
        if (!put_attribute(b, w, name)) {
            if (gap == NULL) {
                *ret_missing = name;
                return false;
            }
            buf_text(b, gap);
        }
        t = str_sub(t, end + 1, t.n);
    }
    return true;
}

/* A template that is "${id}" and nothing else: its text need not be copied. */
static bool is_one_text(const struct watched *w, str t, str *ret) {
    if (!str_starts(t, STR("${")) || str_find(t, '}') + 1 != t.n)
        return false;
    str name = str_sub(t, 2, t.n - 1);
    return one_text(w, watched_attribute(w, name), name, ret);
}

bool watched_text(struct arena *a, const struct watched *w, str t, str *ret, str *ret_missing) {
    if (str_find(t, '$') == t.n) {
        *ret = t;
        return true;
    }
    if (is_one_text(w, t, ret))
        return true;
    struct buf b = BUF_INIT(TEMPLATE_MAX);
    bool ok = put_template(&b, w, t, NULL, ret_missing);
    if (ok)
        *ret = buf_keep(&b, a);
    buf_done(&b);
    return ok;
}

void watched_put_prose(struct buf *b, const struct watched *w, str t) {
    str missing;
    put_template(b, w, t, "...", &missing);
}

str watched_prose(struct arena *a, const struct watched *w, str t) {
    if (str_find(t, '$') == t.n)
        return t;
    struct buf b = BUF_INIT(TEMPLATE_MAX);
    watched_put_prose(&b, w, t);
    str r = buf_keep(&b, a);
    buf_done(&b);
    return r;
}

struct cfg_texts watched_texts(struct arena *a, const struct watched *w,
                               const struct cfg_texts *templates) {
    VEC(struct cfg_text) out = {0};
    for (uint32_t i = 0; i < templates->n; i++) {
        str t = templates->items[i].text, text, missing;
        const struct attribute_value *v = NULL;
        if (str_starts(t, STR("${")) && str_find(t, '}') + 1 == t.n)
            v = watched_attribute(w, str_sub(t, 2, t.n - 1));
        if (v != NULL && v->decl->type.value == CAT_LIST) {
            /* The values of a list may be templates of their own: "/var/log/${name}/app.log". */
            for (uint32_t k = 0; k < v->list.n; k++) {
                if (watched_text(a, w, v->list.items[k].text, &text, &missing))
                    VEC_PUSH(a, &out, (struct cfg_text){text, v->at, NULL});
            }
        } else if (watched_text(a, w, t, &text, &missing)) {
            VEC_PUSH(a, &out, (struct cfg_text){text, w->at, NULL});
        }
    }
    return (struct cfg_texts){out.at, out.n, w->at};
}

str watched_region(struct arena *a, const struct watched *w) {
    str text, missing;
    if (w->kind->region.text.n == 0 || !watched_text(a, w, w->kind->region.text, &text, &missing))
        return STR("");
    if (!str_starts(text, STR("arn:")))
        return text;
    /* arn:partition:service:region:account:resource */
    for (int i = 0; i < 3; i++)
        str_split(&text, ':');
    return str_split(&text, ':');
}

str watched_choice(struct catalog *c, const struct watched *w, const struct cat_choice *choice) {
    for (uint32_t i = 0; i < choice->n; i++) {
        str text, missing;
        if (watched_if(c, w, &choice->items[i].when) &&
            watched_text(c->arena, w, choice->items[i].is.text, &text, &missing))
            return text;
    }
    return STR("");
}

str watched_prose_choice(struct catalog *c, const struct watched *w,
                         const struct cat_choice *choice) {
    for (uint32_t i = 0; i < choice->n; i++) {
        if (watched_if(c, w, &choice->items[i].when))
            return choice->items[i].is.text;
    }
    return STR("");
}

const struct cfg_pairs *watched_dimensions(struct catalog *c, const struct watched *w,
                                           const struct cat_metric *k) {
    static const struct cfg_pairs none = {0};
    const struct cat_dimensions *d =
        given(k->dimensions.at) ? &k->dimensions : &w->kind->dimensions;
    for (uint32_t i = 0; i < d->n; i++) {
        if (watched_if(c, w, &d->items[i].when))
            return &d->items[i].is;
    }
    return &none;
}
