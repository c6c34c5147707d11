/* SPDX-License-Identifier: MIT */
#include "lower/context.h"
#include "lower/describe.h"

struct names {
    struct lower *l;
    struct map said;  /* pairs of places: one name of the user's is in many of ours */
    struct map files; /* path without regard to case -> struct graph_file */
};

/* Once for each pair of places. What one place says twice has been reported. */
static bool is_news(struct names *s, span at, span first) {
    bool same = at.file == first.file && at.start == first.start;
    if (same && s->l->dl->errors > 0)
        return false;
    str pair =
        arena_printf(s->l->scratch, "%u:%u %u:%u", at.file, at.start, first.file, first.start);
    return map_add(s->l->scratch, &s->said, pair, s) == NULL;
}

static void check_label(struct names *s, const struct node *n) {
    const struct node *first = n->clash;
    if (first == NULL || !is_news(s, n->at, first->at))
        return;
    struct diag_list *dl = s->l->dl;
    struct diag *d =
        diag_add(dl, DIAG_NAMES_CLASH, n->at, "two names become one in Terraform, `%s.%.*s`",
                 n->kind->tf, STR_ARG(n->label));
    diag_label(dl, d, "of this");
    diag_also(dl, d, first->at, "and of this");
    bool address = str_starts(n->path, STR("notify."));
    diag_hint(dl, d,
              "Letters, digits and _ stay as they are there, any other character becomes _. %s",
              address ? "Give one of the addresses an entry of `notify:` of its own."
                      : "Rename one of them.");
}

static void check_file(struct names *s, struct graph_file *f) {
    const struct graph_file *first =
        map_add(s->l->scratch, &s->files, arena_fold_case(s->l->scratch, f->path), f);
    if (first == NULL || !is_news(s, f->at, first->at))
        return;
    struct diag_list *dl = s->l->dl;
    struct diag *d = diag_add(dl, DIAG_NAMES_CLASH, f->at,
                              "`%.*s` and `%.*s` are one file where letter case does not count",
                              STR_ARG(first->path), STR_ARG(f->path));
    diag_label(dl, d, "of this");
    diag_also(dl, d, first->at, "and of this");
    diag_hint(dl, d, "So it is on macOS and Windows. Rename one of them.");
}

/* Pages are files by the names of alarms, beside one that lists them. */
static void check_pages(struct names *s) {
    struct lower *l = s->l;
    struct map pages = {0};
    for (uint32_t i = 0; i < l->alarms.n; i++) {
        const struct alarm *al = l->alarms.at[i];
        if (al->node == NULL)
            continue;
        const struct alarm *first =
            map_add(l->scratch, &pages, arena_fold_case(l->scratch, al->name), (void *)al);
        bool readme = str_is_nocase(al->name, "README");
        if ((first == NULL && !readme) || (first != NULL && !is_news(s, al->at, first->at)))
            continue;
        struct diag *d = diag_add(
            l->dl, DIAG_NAMES_CLASH, al->at,
            "the page of alarm `%.*s` is one file with %s where letter case does not count",
            STR_ARG(al->name), readme ? "README.md" : "another's");
        if (first != NULL)
            diag_also(l->dl, d, first->at, "the other is here");
        diag_hint(l->dl, d, "Rename the alarm, or leave pages out: `runbooks: off`.");
    }
}

void lower_names(struct lower *l) {
    struct names s = {.l = l};
    for (uint32_t i = 0; i < l->graph->files.n; i++)
        check_file(&s, &l->graph->files.at[i]);
    for (uint32_t i = 0; i < l->graph->nodes.n; i++)
        check_label(&s, l->graph->nodes.at[i]);
    if (describe_has_pages(l))
        check_pages(&s);
}
