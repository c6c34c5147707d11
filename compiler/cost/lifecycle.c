/* SPDX-License-Identifier: MIT */
#include "lower/lifecycle.h"
#include "cost/sheet.h"

/* What comes in below a rule's prefix in a month, and what becomes of it. */
struct growth {
    struct cost_work *work;
    const struct lifecycle *bucket;
    const struct lifecycle_rule *rule;
    struct quantity low, high;                 /* bytes */
    struct quantity objects_low, objects_high; /* when `counted` */
    bool counted;
    str of_rule; /* sheet_rule_name() */
};

/* `join`: between the item and the rule: "." in keys of `cost.usage`. */
static struct cost_what named(const struct growth *g, const char *item, const char *join,
                              str note) {
    struct cost_work *w = g->work;
    bool several = g->of_rule.n > 0;
    str rule = several ? arena_cat(w->run->arena, str_c(join), g->of_rule) : STR("");
    return (struct cost_what){.of = g->bucket->bucket->name,
                              .item = arena_cat(w->run->arena, str_c(item), rule),
                              .note = note,
                              .region = w->cfg->aws.region.text,
                              .at = given(g->rule->cfg->at) ? g->rule->cfg->at : g->bucket->at};
}

static struct cost_what what(const struct growth *g, const char *item, str note) {
    return named(g, item, " of ", note);
}

static struct cost_what key_of(const struct growth *g, const char *item) {
    return named(g, item, ".", STR(""));
}

static void gap(const struct growth *g, const char *item, const char *why) {
    struct cost_what c = key_of(g, item);
    sheet_gap(
        g->work, &c, str_c(why),
        arena_printf(g->work->run->arena, "cost.usage.%.*s.%.*s", STR_ARG(c.of), STR_ARG(c.item)));
}

static struct quantity times(struct quantity q, struct num n) {
    q.value = num_mul(q.value, n);
    return q;
}

/* So many bytes more for each object of the rule, for so long. */
static void add_extra(const struct growth *g, int64_t bytes, int64_t days, struct quantity *low,
                      struct quantity *high) {
    struct num each = num_mul(price_months(days), num_int(bytes));
    low->value = num_add(low->value, num_mul(g->objects_low.value, each));
    high->value = num_add(high->value, num_mul(g->objects_high.value, each));
}

static int64_t billed_days(const struct lifecycle_rule *r, uint32_t i) {
    int64_t stay = lifecycle_stay(r, i), least = r->steps[i].to->least_days;
    return stay < least ? least : stay;
}

/* What comes in within so many days is there all the time, when as many have passed. */
static str within(const struct growth *g, int64_t days, const char *words) {
    return arena_printf(g->work->run->arena, "what comes in within %lld day%s%s", (long long)days,
                        days == 1 ? "" : "s", words);
}

/* Before the first move; and the names of objects that are archived later. */
static void enter_first(const struct growth *g, int64_t days) {
    const struct lifecycle_rule *r = g->rule;
    struct quantity low = times(g->low, price_months(days)),
                    high = times(g->high, price_months(days));
    struct cost_what c = what(g, "Standard", within(g, days, ""));
    for (uint32_t i = 0; g->counted && i < r->n; i++) {
        if (r->steps[i].to->extra && lifecycle_stay(r, i) > 0)
            add_extra(g, LIFECYCLE_NAME, billed_days(r, i), &low, &high);
    }
    sheet_enter(g->work, &c, STR(LIFECYCLE_FIRST_PRICE), low, high);
}

static void enter_step(const struct growth *g, uint32_t i) {
    const struct lifecycle_class *to = g->rule->steps[i].to;
    int64_t stay = lifecycle_stay(g->rule, i), billed = billed_days(g->rule, i);
    struct quantity low = times(g->low, price_months(billed)),
                    high = times(g->high, price_months(billed));
    struct cost_what c = what(g, to->title, STR(""));
    if (g->counted) {
        str moves = arena_cat(g->work->run->arena, STR("moves to "), str_c(to->title));
        struct cost_what m = what(g, (const char *)moves.p, STR(""));
        sheet_enter(g->work, &m, str_c(to->move), g->objects_low, g->objects_high);
    }
    if (stay == 0) {
        sheet_gap(g->work, &c, STR("it grows for ever: the rule has no `expire_after`"), STR(""));
        return;
    }
    c.note = within(g, billed, billed > stay ? ", the least that is billed" : "");
    if (g->counted && to->extra)
        add_extra(g, LIFECYCLE_INDEX, billed, &low, &high);
    sheet_enter(g->work, &c, str_c(to->price), low, high);
}

static void enter_rule(struct growth *g) {
    const struct lifecycle_rule *r = g->rule;
    struct cost_what in = key_of(g, "growth"), n = key_of(g, "new_objects");
    bool grows = usage_own_amount(g->work, &in, STR(LIFECYCLE_FIRST_PRICE), &g->low, &g->high);
    int64_t first = r->n > 0 ? r->steps[0].day : r->expires;
    g->counted = r->n > 0 && usage_own_amount(g->work, &n, str_c(r->steps[0].to->move),
                                              &g->objects_low, &g->objects_high);
    /* Of old versions and unfinished uploads nobody knows. */
    if (first == 0 && r->n == 0)
        return;
    if (!grows) {
        gap(g, "growth", "what comes in below the prefix of the lifecycle rule in a month");
        return;
    }
    if (r->n > 0 && !g->counted)
        gap(g, "new_objects", "how many objects come in, which are paid for when they move");
    if (first > 0)
        enter_first(g, first);
    for (uint32_t i = 0; i < r->n; i++)
        enter_step(g, i);
}

/* Its prefix, when that can stand in a key as it is. */
str sheet_rule_name(struct arena *a, const struct lifecycle *b, uint32_t i) {
    str prefix = b->rules.at[i].cfg->prefix.text;
    if (b->rules.n == 1)
        return STR("");
    for (uint32_t k = 0; k < prefix.n; k++) {
        unsigned char c = prefix.p[k];
        bool word = ascii_is_alnum(c);
        if (!word && (c == 0 || strchr("_./=-", c) == NULL))
            return arena_printf(a, "%u", i + 1);
    }
    return prefix.n > 0 ? prefix : STR("*");
}

void sheet_lifecycle(struct cost_work *w) {
    for (uint32_t i = 0; i < w->low->nlifecycles; i++) {
        const struct lifecycle *b = w->low->lifecycles[i];
        for (uint32_t k = 0; k < b->rules.n; k++) {
            struct growth g = {.work = w, .bucket = b, .rule = &b->rules.at[k]};
            g.of_rule = sheet_rule_name(w->run->arena, b, k);
            enter_rule(&g);
        }
    }
}
