/* SPDX-License-Identifier: MIT */
/* which calls a step takes */
#include "apply/run_parts.h"
#include "resource/resource.h"

const struct node *step_node(const struct step *s) {
    return s->deleting ? s->have : s->want;
}

static bool is_of(const struct diff_change *d, str name) {
    return str_starts(d->path, name) &&
           (d->path.n == name.n || d->path.p[name.n] == '.' || d->path.p[name.n] == '[');
}

/* Whether the attribute of this row differs. */
static bool is_changed(const struct step *s, uint32_t row) {
    str name = str_c(s->want->kind->attrs[row].tf);
    bool any = false;
    for (uint32_t i = 0; i < s->item.changes.n && !any; i++)
        any = is_of(&s->item.changes.at[i], name) && !s->item.changes.at[i].unknown;
    return any;
}

static const struct value *attribute(const struct node *n, const char *tf) {
    int i = resource_attr_index(n->kind->attrs, n->kind->nattrs, tf);
    return i < 0 ? NULL : n->attrs[i];
}

static bool is_given(const struct node *n, const char *tf) {
    const struct value *v = attribute(n, tf);
    return v != NULL && !(v->type == VALUE_LIST && v->list.n == 0);
}

static bool changes_by(const struct step *s, const struct resource_write *w) {
    const struct resource_kind *kind = s->want->kind;
    if (w->unset != NULL) {
        int row = resource_attr_index(kind->attrs, kind->nattrs, w->unset);
        return row >= 0 && is_changed(s, (uint32_t)row) && !is_given(s->want, w->unset);
    }
    bool tags = input_is_tags(kind, w->input);
    for (uint32_t i = 0; i < kind->nattrs; i++) {
        const struct resource_attr *row = &kind->attrs[i];
        bool whose = tags || (row->flags & ATTR_TAGS) == 0;
        if (whose && input_sets(kind, w, i) && is_changed(s, i))
            return true;
    }
    return false;
}

/* "enabled=true" */
static bool is_so(struct arena *a, const struct node *have, const char *is) {
    str value = str_c(is), name = str_split(&value, '=');
    int i = have == NULL ? -1 : resource_attr_find(have->kind->attrs, have->kind->nattrs, name);
    return i >= 0 && str_eq(value_text(a, have->attrs[i]), value);
}

bool step_takes(const struct step *s, const struct resource_write *w) {
    const struct node *n = step_node(s);
    const struct run *r = s->run;
    if (w->input == NULL || (w->of != NULL && !is_given(n, w->of)) ||
        (w->is != NULL && !is_so(r->a, s->have, w->is)))
        return false;
    if (s->deleting)
        return (w->effects & RESOURCE_DELETES) != 0;
    if (s->action != STEP_CHANGE)
        return (w->effects & RESOURCE_CREATES) != 0;
    return (w->effects & RESOURCE_CHANGES) != 0 && changes_by(s, w);
}

const char *step_left_over(const struct step *s) {
    const struct resource_kind *kind = s->want->kind;
    const struct resource_writing *w = resource_writing_of(kind);
    for (uint32_t i = 0; i < kind->nattrs; i++) {
        bool by_any = !is_changed(s, i);
        for (uint32_t k = 0; w != NULL && k < w->n && !by_any; k++)
            by_any = step_takes(s, &w->rows[k]) && input_sets(kind, &w->rows[k], i);
        if (!by_any)
            return kind->attrs[i].tf;
    }
    return NULL;
}

/* Whether all that an operation tells is known. */
static bool is_told(const struct step *s, const struct resource_write *w) {
    struct run *r = s->run;
    const struct known_node *pair = known_pair(&r->known, s->want);
    bool all = pair != NULL && pair->have != NULL;
    for (str rest = str_c(w->gives); rest.n > 0 && all;) {
        str path = str_split(&rest, ' '), name = arena_str(r->a, str_split(&path, '='));
        all = is_given(pair->have, (const char *)name.p);
    }
    return all;
}

const struct resource_write *step_next_row(const struct step *s) {
    const struct resource_writing *w = resource_writing_of(step_node(s)->kind);
    uint32_t i = w == NULL || s->row == NULL ? 0 : (uint32_t)(s->row - w->rows) + 1;
    for (; w != NULL && i < w->n; i++) {
        bool needed = (w->rows[i].effects & RESOURCE_TELLS) == 0 || !is_told(s, &w->rows[i]);
        if (step_takes(s, &w->rows[i]) && needed)
            return &w->rows[i];
    }
    return NULL;
}
