/* SPDX-License-Identifier: MIT */
#include "lower/deploy.h"
#include "lower/lifecycle.h"

/* A row of `cost.cleanup` beside a lifecycle rule that has objects in common with it. */
struct pair {
    struct lower *l;
    const struct cleanup_objects *c;
    const struct lifecycle_rule *r;
};

static struct diag *disagree(const struct pair *p, const char *text) {
    struct diag *d = diag_add(p->l->dl, DIAG_CLEANUP_DISAGREES, p->c->at, "%s", text);
    diag_also(p->l->dl, d, p->r->cfg->at, "the lifecycle rule");
    return d;
}

/* Whether all objects of the cleanup are the rule's, or all of the rule's the cleanup's. */
static bool rule_has_all(const struct pair *p) {
    return str_starts(p->c->prefix, p->r->cfg->prefix.text);
}

static bool cleanup_has_all(const struct pair *p) {
    return str_starts(p->r->cfg->prefix.text, p->c->prefix);
}

static bool check_expiry(const struct pair *p) {
    int64_t expires_s = p->r->expires * DAY_S;
    if (p->r->expires == 0)
        return false;
    if (rule_has_all(p) && expires_s <= p->c->older_than_s) {
        diag_hint(p->l->dl,
                  disagree(p, "cleaning up finds nothing: S3 deletes these objects before"),
                  "Take this away: the lifecycle rule does it, for nothing.");
        return true;
    }
    if (cleanup_has_all(p) && expires_s > p->c->older_than_s) {
        diag_hint(p->l->dl, disagree(p, "objects go earlier than their lifecycle rule says"),
                  "The rule keeps them for %lld days. Say one age, in the rule alone.",
                  (long long)p->r->expires);
        return true;
    }
    return false;
}

/* The class in which the objects are when they are cleaned up, before it was paid for. */
static bool check_classes(const struct pair *p) {
    for (uint32_t i = 0; i < p->r->n; i++) {
        const struct lifecycle_step *s = &p->r->steps[i];
        int64_t goes = p->c->older_than_s / DAY_S, stay = lifecycle_stay(p->r, i);
        int64_t paid = s->day + s->to->least_days;
        if (goes < s->day || goes - s->day >= s->to->least_days ||
            (stay > 0 && goes >= s->day + stay))
            continue;
        diag_hint(p->l->dl,
                  disagree(p, "objects are cleaned up while their storage class is still billed"),
                  "They move to %s after %lld days, which bills at least %lld more: let "
                  "`older_than` be %lldd or more, or less than %lldd.",
                  s->to->title, (long long)s->day, (long long)s->to->least_days, (long long)paid,
                  (long long)s->day);
        return true;
    }
    return false;
}

static bool check_pair(const struct pair *p) {
    if (!rule_has_all(p) && !cleanup_has_all(p))
        return false;
    return check_expiry(p) || check_classes(p);
}

/* The bucket's rules are written here: one more costs nothing, and needs no host. */
static void offer_rule(struct lower *l, const struct cleanup_objects *c) {
    struct diag *d = diag_add(l->dl, DIAG_CLEANUP_BY_RULE, c->at,
                              "a lifecycle rule would clean this up without a host");
    int64_t days = (c->older_than_s + DAY_S - 1) / DAY_S;
    diag_hint(l->dl, d,
              "S3 does it each day for nothing: add `{ prefix: %.*s, expire_after: %lldd }` to "
              "`cost.lifecycle.%.*s` and take this away.",
              STR_ARG(c->prefix), (long long)days, STR_ARG(c->name));
}

void lifecycle_check_cleanup(struct lower *l) {
    for (uint32_t i = 0; i < l->objects.n; i++) {
        const struct cleanup_objects *c = &l->objects.at[i];
        bool told = false, any = false;
        for (uint32_t k = 0; k < l->lifecycles.n; k++) {
            const struct lifecycle *b = l->lifecycles.at[k];
            if (!str_eq(b->bucket->name, c->name))
                continue;
            any |= b->rules.n > 0;
            for (uint32_t j = 0; j < b->rules.n; j++)
                told |= check_pair(&(struct pair){l, c, &b->rules.at[j]});
        }
        if (any && !told)
            offer_rule(l, c);
    }
}
