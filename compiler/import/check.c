/* SPDX-License-Identifier: MIT */
/*
 * What was written is compiled and compared with the account. Who is not right takes its next form,
 * until all is; at the worst nothing is left.
 */
#include "diff/diff.h"
#include "import/parts.h"
#include "lower/lower.h"
#include "schema/spec.h"

#define SPEC_MAX (64u << 20)
/* Each entry has a few forms and a few attributes: far above what it takes. */
#define TURNS_MAX 64
#define EXACT_MAX 64 /* bits of entry.exact */

struct turn {
    struct import *im;
    struct arena *a; /* of this turn */
    struct sources sources;
    struct diag_list dl;
    const struct node *stray; /* would be made, and no entry says why; or NULL */
    bool again;               /* something took another form */
};

static struct entry *entry_at(const struct turn *t, span at) {
    const struct import *im = t->im;
    if (at.file == 0 || !str_eq(sources_get(&t->sources, at.file)->name, im->o->file))
        return NULL;
    for (uint32_t i = 0; i < im->entries.n; i++) {
        struct entry *e = im->entries.at[i];
        if (e->end > 0 && at.start >= e->start && at.start < e->end)
            return e;
    }
    return NULL;
}

/* ---- forms */

static bool has_form(const struct entry *e, enum entry_form form) {
    switch (form) {
    case FORM_RECOMMENDED:
        return e->recommended != NULL;
    case FORM_SAID:
        return e->said.n > 0;
    case FORM_SHORT:
        return e->when.n > 0;
    case FORM_FULL:
        return e->full.n > 0;
    case FORM_EXACT:
    case FORM_LEFT:
        break;
    }
    return true;
}

static void next_form(struct turn *t, struct entry *e, str why) {
    if (e->over)
        return;
    do
        e->form++;
    while (e->form < FORM_LEFT && !has_form(e, e->form));
    if (e->form == FORM_LEFT)
        e->why = arena_str(t->im->a, why);
    e->over = t->again = true;
}

/* What a condition does not say, so that it can stand beside one. */
static bool is_beside(const char *attr) {
    static const char *const beside[] = {"alarm_description",
                                         "alarm_actions",
                                         "ok_actions",
                                         "insufficient_data_actions",
                                         "unit",
                                         "evaluate_low_sample_count_percentiles",
                                         "actions_suppressor",
                                         "retention_in_days",
                                         "kms_key_id",
                                         "log_group_class"};
    for (unsigned i = 0; i < sizeof beside / sizeof *beside; i++) {
        if (strcmp(attr, beside[i]) == 0)
            return true;
    }
    return false;
}

static bool set_once(struct turn *t, bool *flag) {
    bool first = !*flag;
    *flag = true;
    t->again |= first;
    return first;
}

static void mend(struct turn *t, struct entry *e, str path) {
    str rest = path, head = str_split(&rest, '.');
    head = str_split(&head, '[');
    const struct resource_kind *k = e->have->kind;
    int i = resource_attr_find(k->attrs, k->nattrs, head);
    str why = arena_printf(t->a, "`%.*s` cannot be said", STR_ARG(path));
    if (i < 0 || i >= EXACT_MAX) {
        next_form(t, e, why);
        return;
    }
    const char *attr = k->attrs[i].tf;
    bool language = e->form < FORM_EXACT;
    if (e->form == FORM_RECOMMENDED) {
        next_form(t, e, why);
        return;
    }
    if (language && strcmp(attr, "treat_missing_data") == 0 && set_once(t, &e->missing))
        return;
    if (strcmp(attr, "actions_enabled") == 0 && set_once(t, &e->disabled))
        return;
    bool given = (e->exact >> i & 1) != 0;
    if (given || (language && !is_beside(attr))) {
        next_form(t, e, why);
        return;
    }
    e->exact |= UINT64_C(1) << i;
    t->again = true;
}

/* ---- one turn */

static const struct graph *compile(struct turn *t, str text) {
    const struct import *im = t->im;
    struct io_mem *mem = io_mem_new(t->a);
    io_mem_put(mem, im->o->file, text);
    struct io io = io_mem(mem);
    sources_init(&t->sources, t->a);
    diag_list_init(&t->dl, t->a, &t->sources);
    struct spec_options opt = {.file = im->o->file};
    struct lower_result low;
    struct spec *s = spec_open(t->a, &t->dl, &io, &opt);
    struct config *c = s == NULL ? NULL : spec_config(s, STR(""));
    if (c == NULL)
        return NULL;
    c->spec = im->o->file;
    struct lower *l = lower_open(t->a, &t->dl, &io, c, im->o->file, NULL);
    return lower_close(l, &low) ? low.graph : NULL;
}

static bool resource_is_wrong(struct turn *t, span at, str why) {
    struct import *im = t->im;
    for (uint32_t i = 0; i < im->seen.n; i++) {
        struct seen *s = im->seen.at[i];
        if (s->end == 0 || at.start < s->start || at.start >= s->end)
            continue;
        s->broken = true;
        for (uint32_t k = 0; k < im->entries.n; k++) {
            while (im->entries.at[k]->of == s && im->entries.at[k]->form < FORM_EXACT) {
                im->entries.at[k]->over = false;
                next_form(t, im->entries.at[k], why);
            }
        }
        return true;
    }
    return false;
}

/* A recommended alarm has the name that this one was given. */
static bool takes_other_name(struct turn *t, const struct diag *d) {
    for (uint32_t i = 0; i < d->nalso; i++) {
        struct entry *e = entry_at(t, d->also[i].at);
        if (e == NULL || !e->named || e->renamed)
            continue;
        e->key = import_key(t->im, &t->im->keys, e->key);
        e->renamed = t->again = true;
        return true;
    }
    return false;
}

static void learn_errors(struct turn *t) {
    struct diag *lost = NULL;
    for (uint32_t i = 0; i < t->dl.items.n; i++) {
        struct diag *d = t->dl.items.at[i];
        if (d->severity != DIAG_ERROR)
            continue;
        struct entry *e = entry_at(t, d->at);
        if (e != NULL)
            next_form(t, e, d->message);
        else if (!takes_other_name(t, d) && !resource_is_wrong(t, d->at, d->message))
            lost = d;
    }
    if (lost != NULL && !t->again)
        t->im->ret->problem = arena_str(t->im->a, lost->message);
}

static struct entry *entry_of(const struct turn *t, const struct diff_item *item) {
    for (uint32_t i = 0; item->have != NULL && i < t->im->entries.n; i++) {
        if (t->im->entries.at[i]->have == item->have)
            return t->im->entries.at[i];
    }
    return item->want == NULL ? NULL : entry_at(t, item->want->at);
}

/* A recommended alarm that the account has not: "shop-production-web-cpu-high". */
static bool switch_off(struct turn *t, const struct diff_item *item) {
    struct import *im = t->im;
    if (item->action != DIFF_CREATE || item->want == NULL)
        return false;
    span at = item->want->at;
    for (uint32_t i = 0; i < im->seen.n; i++) {
        struct seen *s = im->seen.at[i];
        str head = arena_cat3(t->a, im->prefix, s->name, STR("-")), name = item->want->name;
        if (s->end == 0 || at.start < s->start || at.start >= s->end || !str_starts(name, head))
            continue;
        VEC_PUSH(im->a, &s->off, arena_str(im->a, str_sub(name, head.n, name.n)));
        return t->again = true;
    }
    return false;
}

static void learn(struct turn *t, const struct diff_item *item) {
    struct entry *e = entry_of(t, item);
    if (item->action == DIFF_SAME || item->action == DIFF_ORPHAN || switch_off(t, item))
        return;
    if (e == NULL) {
        t->stray = item->want;
        return;
    }
    if (item->action != DIFF_CHANGE && item->action != DIFF_REPLACE) {
        next_form(t, e, item->why != NULL ? str_c(item->why) : STR("it would be made anew"));
        return;
    }
    for (uint32_t i = 0; i < item->changes.n; i++)
        mend(t, e, item->changes.at[i].path);
}

static void compare(struct turn *t, const struct graph *want) {
    const struct import *im = t->im;
    struct diff_options o = {.partition = im->ret->live.partition,
                             .region = im->o->region,
                             .account = im->ret->live.account};
    struct diff diff;
    diff_graphs(t->a, want, im->ret->live.have, &o, &diff);
    for (uint32_t i = 0; i < diff.items.n; i++)
        learn(t, &diff.items.at[i]);
}

/* Who has more of the catalog's alarms switched off than on lists those that there are. */
static void settle_recommended(struct turn *t) {
    struct import *im = t->im;
    for (uint32_t i = 0; i < im->seen.n; i++) {
        uint32_t on = 0;
        for (uint32_t k = 0; k < im->entries.n; k++)
            on += im->entries.at[k]->of == im->seen.at[i] &&
                  im->entries.at[k]->form == FORM_RECOMMENDED;
        for (uint32_t k = 0; on < im->seen.at[i]->off.n && k < im->entries.n; k++) {
            struct entry *e = im->entries.at[k];
            if (e->of == im->seen.at[i] && e->form == FORM_RECOMMENDED)
                next_form(t, e, STR("it is not as recommended"));
        }
    }
}

/* Something that conditions take beside their alarms: then none is said in words. */
static void give_up_words(struct turn *t) {
    struct import *im = t->im;
    for (uint32_t i = 0; i < im->entries.n; i++) {
        struct entry *e = im->entries.at[i];
        while (e->of != NULL && e->form < FORM_EXACT) {
            e->over = false;
            next_form(t, e, STR(""));
        }
    }
    if (!t->again)
        im->ret->problem = arena_printf(im->a, "%s %.*s would be made", t->stray->kind->title,
                                        STR_ARG(t->stray->name));
}

static bool take_turn(struct import *im, struct buf *text) {
    struct turn t = {.im = im, .a = arena_within(im->a)};
    for (uint32_t i = 0; i < im->entries.n; i++)
        im->entries.at[i]->over = false;
    import_put_spec(im, text, false);
    const struct graph *want = compile(&t, arena_str(t.a, buf_str(text)));
    if (want == NULL)
        learn_errors(&t);
    else
        compare(&t, want);
    settle_recommended(&t);
    if (t.stray != NULL && !t.again)
        give_up_words(&t);
    arena_free(t.a);
    return t.again;
}

void import_check(struct import *im) {
    struct buf text = BUF_INIT(SPEC_MAX);
    unsigned turns = 0;
    do
        im->ret->problem = STR("");
    while (take_turn(im, &text) && ++turns < TURNS_MAX);
    if (turns == TURNS_MAX && im->ret->problem.n == 0)
        im->ret->problem = STR("it does not settle");
    buf_done(&text);
}
