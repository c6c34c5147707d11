/* SPDX-License-Identifier: MIT */
/* rules about resources of ops.yaml: another class, another type, less of it */
#include "cost/savings.h"

#include "catalog/watched.h"
#include "resource/resource.h"

#define TEXT_MAX 1024

/* With `to` in place of the first `from`; false: it is not in there. */
static bool replaced(struct arena *a, str text, str from, str to, str *ret) {
    for (uint32_t i = 0; i + from.n <= text.n; i++) {
        if (!str_eq(str_sub(text, i, i + from.n), from))
            continue;
        *ret = arena_cat3(a, str_sub(text, 0, i), to, str_sub(text, i + from.n, text.n));
        return true;
    }
    return false;
}

/* Line `i` gets the price that has `to` in its key where its own has `from`. */
static bool reprice(struct saver *s, uint32_t i, str from, str to) {
    str key;
    return saving_is(s, i, COST_RESOURCE) &&
           replaced(s->work->run->arena, saving_line(s, i)->price->key, from, to, &key) &&
           saving_reprice(s, i, key);
}

static void found_line(struct saver *s, uint32_t i) {
    saving_found(s, saving_line(s, i)->of, saving_line(s, i)->watched->at);
}

/* ---- classes */

/* Families, and those of the same sizes that are cheaper. */
struct family {
    const char *from, *to;
};
static const struct family newer[] = {
    {"t1", "t3"}, {"t2", "t3"}, {"m1", "m3"}, {"m3", "m5"}, {"m4", "m5"},
    {"c1", "c3"}, {"c3", "c5"}, {"c4", "c5"}, {"r3", "r5"}, {"r4", "r5"},
};
static const struct family graviton[] = {
    {"t2", "t4g"},  {"t3", "t4g"},  {"t3a", "t4g"}, {"m4", "m6g"},  {"m5", "m6g"},  {"m5a", "m6g"},
    {"m6i", "m7g"}, {"m6a", "m7g"}, {"m7i", "m8g"}, {"m7a", "m8g"}, {"c4", "c6g"},  {"c5", "c6g"},
    {"c5a", "c6g"}, {"c6i", "c7g"}, {"c6a", "c7g"}, {"c7i", "c8g"}, {"c7a", "c8g"}, {"r4", "r6g"},
    {"r5", "r6g"},  {"r5a", "r6g"}, {"r6i", "r7g"}, {"r6a", "r7g"}, {"r7i", "r8g"}, {"r7a", "r8g"},
};

/* What a line is the hours of: "t3.micro", "db.t3.micro"; empty: of no class. */
static str class_of(const struct saver *s, uint32_t i) {
    const struct bill_line *l = saving_line(s, i);
    bool ec2 = saving_is_of(s, i, "ec2", "instance");
    if (!ec2 && !saving_is_of(s, i, "rds", "instance") &&
        !saving_is_of(s, i, "elasticache", "node"))
        return STR("");
    const struct attribute_value *v =
        watched_attribute(l->watched, ec2 ? STR("type") : STR("class"));
    return v != NULL ? v->text.text : STR("");
}

/* The family that is in the key of a price, between dots; NULL: none of them is. */
static const struct family *family_in(str key, const struct family *families, uint32_t n) {
    for (str rest = key; rest.n > 0;) {
        uint32_t dot = str_find(rest, '.');
        str part = str_sub(rest, 0, dot);
        rest = str_sub(rest, dot < rest.n ? dot + 1 : dot, rest.n);
        for (uint32_t k = 0; k < n; k++) {
            if (str_is(part, families[k].from))
                return &families[k];
        }
    }
    return NULL;
}

static void change_family(struct saver *s, uint32_t i, str class, const struct family *f) {
    struct arena *a = s->arena;
    str from = arena_cat3(a, STR("."), str_c(f->from), STR(".")), to = str_c(f->to), with = class;
    if (!reprice(s, i, from, arena_cat3(a, STR("."), to, STR("."))))
        return;
    uint32_t dot = str_find(class, '.');
    if (str_starts(class, STR("db.")) || str_starts(class, STR("cache.")))
        with = str_sub(class, dot + 1, class.n);
    str size = str_sub(with, str_find(with, '.'), with.n);
    str prefix = str_sub(class, 0, class.n - with.n);
    saving_found(s,
                 arena_printf(a, "%.*s: %.*s%.*s%.*s", STR_ARG(saving_line(s, i)->of),
                              STR_ARG(prefix), STR_ARG(to), STR_ARG(size)),
                 saving_line(s, i)->watched->at);
}

/* By the price as it is: another rule may have changed it already. */
static void change_class(struct saver *s, const struct family *families, uint32_t n) {
    for (uint32_t i = 0; i < s->before->n; i++) {
        str class = saving_is(s, i, COST_RESOURCE) ? class_of(s, i) : STR("");
        const struct family *f =
            class.n > 0 ? family_in(saving_line(s, i)->price->key, families, n) : NULL;
        if (f != NULL)
            change_family(s, i, class, f);
    }
}

void saving_PREVIOUS_GENERATION(struct saver *s) {
    change_class(s, newer, sizeof newer / sizeof *newer);
}

void saving_GRAVITON(struct saver *s) {
    change_class(s, graviton, sizeof graviton / sizeof *graviton);
}

void saving_VALKEY(struct saver *s) {
    for (uint32_t i = 0; i < s->before->n; i++) {
        if (reprice(s, i, STR("elasticache.redis."), STR("elasticache.valkey.")))
            found_line(s, i);
    }
}

/* ---- storage */

/* gp3 has as many IOPS as gp2 of that size: so many GiB at most. */
#define GP2_AS_FAST_GIB 1000

void saving_GP2(struct saver *s) {
    for (uint32_t i = 0; i < s->before->n; i++) {
        bool small = num_cmp(saving_line(s, i)->quantity.high, num_int(GP2_AS_FAST_GIB)) <= 0;
        if (small && reprice(s, i, STR(".gp2."), STR(".gp3.")))
            found_line(s, i);
    }
}

/* Up to all of a line: from nothing saved to all of it. */
static void save_any(struct saver *s, uint32_t i) {
    saving_set(s, i, (struct cost_range){saving_line(s, i)->quantity.low, COST_NOTHING.high});
}

#define EXTENDED_SUPPORT "rds.extended_support"

/* It is in no sum, for it begins on a day. */
void saving_EXTENDED_SUPPORT(struct saver *s) {
    const struct cost_sheet *sheet = s->work->sheet;
    for (uint32_t i = 0; i < sheet->dated.n; i++) {
        const struct cost_dated *d = &sheet->dated.at[i];
        if (!str_is(d->price->key, EXTENDED_SUPPORT) || str_cmp(d->day, COST_TOLD_BEFORE) >= 0)
            continue;
        struct buf b = BUF_INIT(TEXT_MAX);
        buf_printf(&b, "%.*s: ", STR_ARG(d->of));
        cost_put_dated(&b, d);
        saving_found(s, buf_keep(&b, s->arena), d->at);
        s->found->dated = true;
    }
}

void saving_RDS_BACKUP(struct saver *s) {
    for (uint32_t i = 0; i < s->before->n; i++) {
        if (!saving_is_of(s, i, "rds", "backup") || saving_line(s, i)->quantity.high.n == 0)
            continue;
        save_any(s, i);
        found_line(s, i);
    }
}

/* ---- where it stands */

/* Names of environments that are not production, whole or before a dash. */
static bool is_trial(str environment) {
    static const char *const names[] = {"dev",     "development", "test", "testing", "staging",
                                        "stage",   "qa",          "uat",  "sandbox", "preview",
                                        "preprod", "demo",        NULL};
    str first = str_sub(environment, 0, str_find(environment, '-'));
    for (int i = 0; names[i] != NULL; i++) {
        if (str_is(first, names[i]))
            return true;
    }
    return false;
}

void saving_MULTI_AZ(struct saver *s) {
    const struct watched *last = NULL;
    for (uint32_t i = 0; i < s->before->n && is_trial(s->work->cfg->environment.text); i++) {
        if (!reprice(s, i, STR(".multi-az"), STR(".single-az")))
            continue;
        if (saving_line(s, i)->watched != last)
            found_line(s, i);
        last = saving_line(s, i)->watched;
    }
}

void saving_ADDRESSES(struct saver *s) {
    const struct num one = num_int(PRICE_MONTH_HOURS);
    for (uint32_t i = 0; i < s->before->n; i++) {
        if (!saving_is_of(s, i, "ec2", "ipv4") ||
            num_cmp(saving_line(s, i)->quantity.high, one) <= 0)
            continue;
        saving_set(s, i, (struct cost_range){one, one});
        found_line(s, i);
    }
}

static bool has_kind(const struct cost_work *w, const char *kind) {
    for (uint32_t i = 0; i < w->low->resources; i++) {
        if (str_is(w->low->watched[i]->kind->kind.text, kind))
            return true;
    }
    return false;
}

/* How much of what passes it goes there, nobody says: between nothing and all of it. */
void saving_NAT_DATA(struct saver *s) {
    struct cost_work *w = s->work;
    if ((!has_kind(w, "s3") && !has_kind(w, "dynamodb")) ||
        graph_has(w->low->graph, &resource_vpc_endpoint))
        return;
    for (uint32_t i = 0; i < s->before->n; i++) {
        if (!saving_is_of(s, i, "nat", "data") || saving_line(s, i)->quantity.high.n == 0)
            continue;
        save_any(s, i);
        found_line(s, i);
    }
}

void saving_SECRETS_MANAGER(struct saver *s) {
    for (uint32_t i = 0; i < s->before->n; i++) {
        if (!saving_is_of(s, i, "secret", "secret") || saving_line(s, i)->quantity.high.n == 0)
            continue;
        saving_set(s, i, COST_NOTHING);
        found_line(s, i);
    }
}

/* ---- metrics of EC2's own */

/* An alarm of the user's, whose times do not fit values every five minutes. */
static bool needs_minutes(const struct cost_work *w, const struct watched *host) {
    for (uint32_t i = 0; i < w->low->quick.n; i++) {
        const struct lower_quick *q = &w->low->quick.at[i];
        if (q->of == host && !q->agent)
            return true;
    }
    return false;
}

void saving_DETAILED_MONITORING(struct saver *s) {
    for (uint32_t i = 0; i < s->before->n; i++) {
        if (!saving_is_of(s, i, "ec2", "monitoring") || saving_line(s, i)->quantity.high.n == 0 ||
            needs_minutes(s->work, saving_line(s, i)->watched))
            continue;
        saving_set(s, i, COST_NOTHING);
        found_line(s, i);
    }
}
