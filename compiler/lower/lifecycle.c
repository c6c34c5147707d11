/* SPDX-License-Identifier: MIT */
#include "lower/lifecycle.h"

#include "lower/prices.h"

/* "Lifecycle configuration elements" (S3 user guide): rules of a bucket. */
#define RULES_MAX 1000
#define INFREQUENT_DAYS 30 /* before Standard-IA, and there before the next class */
#define COMPARED_GB 1000

#define AFTER(member) offsetof(struct cfg_lifecycle, member)
/* In the order in which objects can move. "Constraints and considerations for transitions" (S3 user
 * guide); prices: cost.md's sources. */
static const struct lifecycle_class classes[LIFECYCLE_CLASSES] = {
    {"infrequent_after", "Standard-IA", "STANDARD_IA", "s3.standard_ia.storage",
     "s3.lifecycle.standard_ia", 30, false, AFTER(infrequent_after)},
    {"instant_after", "Glacier Instant Retrieval", "GLACIER_IR", "s3.glacier_ir.storage",
     "s3.lifecycle.glacier_ir", 90, false, AFTER(instant_after)},
    {"glacier_after", "Glacier Flexible Retrieval", "GLACIER", "s3.glacier.storage",
     "s3.lifecycle.glacier", 90, true, AFTER(glacier_after)},
    {"deep_after", "Glacier Deep Archive", "DEEP_ARCHIVE", "s3.deep_archive.storage",
     "s3.lifecycle.deep_archive", 180, true, AFTER(deep_after)},
};

static const struct cfg_quantity *after(const struct cfg_lifecycle *c, size_t offset) {
    return (const struct cfg_quantity *)(const void *)((const char *)c + offset);
}

static int64_t days(const struct cfg_quantity *q) {
    return given(q->at) ? num_floor(q->q.value) / DAY_S : 0;
}

int64_t lifecycle_stay(const struct lifecycle_rule *r, uint32_t i) {
    int64_t end = i + 1 < r->n ? r->steps[i + 1].day : r->expires;
    return end > 0 ? end - r->steps[i].day : 0;
}

static bool wrong(struct lower *l, span at, const char *hint, const char *text) {
    struct diag *d = diag_add(l->dl, DIAG_LIFECYCLE_RULE, at, "%s", text);
    diag_hint(l->dl, d, "%s", hint);
    return false;
}

/* S3 counts days. */
static bool check_days(struct lower *l, const struct cfg_lifecycle *c) {
    const struct cfg_quantity *all[] = {
        &c->infrequent_after, &c->instant_after,      &c->glacier_after,      &c->deep_after,
        &c->expire_after,     &c->old_versions_after, &c->abort_uploads_after};
    bool ok = true;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (given(all[i]->at) && num_cmp(num_int(days(all[i]) * DAY_S), all[i]->q.value) != 0)
            ok = wrong(l, all[i]->at, "Write whole days, such as `30d`.",
                       "S3 counts the age of objects in whole days");
    }
    return ok;
}

/* The day on which an object may move to step `i` at the earliest, and why. */
static int64_t earliest(const struct lifecycle_rule *r, uint32_t i, const char **why) {
    if (i == 0) {
        *why = "S3 takes no rule that moves objects to Standard-IA before they are 30 days old";
        return r->steps[0].to == &classes[0] ? INFREQUENT_DAYS : 0;
    }
    bool infrequent = r->steps[i - 1].to == &classes[0];
    *why = infrequent ? "S3 takes no rule that moves objects on before they were 30 days in "
                        "Standard-IA"
                      : "objects move to this class after the one before it, or not at all";
    return r->steps[i - 1].day + (infrequent ? INFREQUENT_DAYS : 1);
}

static bool check_steps(struct lower *l, const struct lifecycle_rule *r) {
    bool ok = true;
    for (uint32_t i = 0; i < r->n; i++) {
        const struct lifecycle_step *s = &r->steps[i];
        span at = after(r->cfg, s->to->after)->at;
        const char *why;
        int64_t least = earliest(r, i, &why);
        if (s->day < least) {
            str hint =
                arena_printf(l->a, "`%s` is at least %lldd here.", s->to->key, (long long)least);
            ok = wrong(l, at, (const char *)hint.p, why);
        } else if (r->expires > 0 && s->day >= r->expires) {
            ok = wrong(l, at, "Take it away, or let `expire_after` be later.",
                       "objects would be deleted before they move");
        }
    }
    return ok;
}

/* What S3 bills for a class at least, beside what it bills where the objects were. */
static void check_early(struct lower *l, const struct lifecycle_rule *r, uint32_t i) {
    const struct lifecycle_step *s = &r->steps[i];
    int64_t stay = lifecycle_stay(r, i);
    if (stay == 0 || stay >= s->to->least_days)
        return;
    struct diag *d = diag_add(l->dl, DIAG_LIFECYCLE_EARLY, after(r->cfg, s->to->after)->at,
                              "objects are %lld days in %s, which is billed for at least %lld",
                              (long long)stay, s->to->title, (long long)s->to->least_days);
    struct num there = num_mul(lower_price(l, s->to->price, COMPARED_GB),
                               price_months(s->to->least_days)),
               here =
                   num_mul(lower_price(l, i > 0 ? r->steps[i - 1].to->price : LIFECYCLE_FIRST_PRICE,
                                       COMPARED_GB),
                           price_months(stay));
    if (!num_ok(there) || !num_ok(here)) {
        diag_hint(l->dl, d, "Let them stay there longer, or do not move them.");
        return;
    }
    struct buf text = BUF_INIT(256);
    BUF_LIT(&text, "$");
    price_put_usd(&text, there);
    BUF_LIT(&text, " against $");
    price_put_usd(&text, here);
    diag_hint(l->dl, d,
              "Of %d GB that is %.*s where they were, and moving them is paid besides: %s",
              COMPARED_GB, STR_ARG(buf_str(&text)),
              num_cmp(there, here) >= 0 ? "leave them where they are."
                                        : "let them stay longer, and it saves more.");
    buf_done(&text);
}

static bool does_nothing(const struct lifecycle_rule *r) {
    const struct cfg_lifecycle *c = r->cfg;
    return r->n == 0 && r->expires == 0 && !given(c->old_versions_after.at) &&
           !given(c->abort_uploads_after.at);
}

static bool read_rule(struct lower *l, const struct cfg_lifecycle *c, struct lifecycle_rule *r) {
    *r = (struct lifecycle_rule){.cfg = c, .expires = days(&c->expire_after)};
    for (uint32_t i = 0; i < LIFECYCLE_CLASSES; i++) {
        const struct cfg_quantity *q = after(c, classes[i].after);
        if (given(q->at))
            r->steps[r->n++] = (struct lifecycle_step){&classes[i], days(q)};
    }
    if (!check_days(l, c) || !check_steps(l, r))
        return false;
    if (does_nothing(r))
        return wrong(l, given(c->at) ? c->at : c->name.at,
                     "Say when objects move or go: `glacier_after: 30d`, `expire_after: 365d`.",
                     "this rule does nothing");
    if (given(c->larger_than.at) && r->n == 0)
        return wrong(
            l, c->larger_than.at,
            "Take it away. It is about moving objects; they are deleted whatever their size.",
            "this rule moves nothing");
    for (uint32_t i = 0; i < r->n; i++)
        check_early(l, r, i);
    return true;
}

static bool check_prefix(struct lower *l, const struct lifecycle *b,
                         const struct cfg_lifecycle *c) {
    for (uint32_t i = 0; i < b->rules.n; i++) {
        const struct cfg_lifecycle *other = b->rules.at[i].cfg;
        if (!str_eq(other->prefix.text, c->prefix.text))
            continue;
        struct diag *d =
            diag_add(l->dl, DIAG_LIFECYCLE_RULE, c->at,
                     "two rules of `%.*s` are for the same objects", STR_ARG(b->bucket->name));
        diag_also(l->dl, d, other->at, "the first is here");
        diag_hint(l->dl, d, "Write one rule with the ages of both.");
        return false;
    }
    return true;
}

static bool is_backup(struct lower *l, const struct lifecycle *b) {
    const struct cfg_text *bucket = &l->cfg->backup.bucket;
    if (!given(bucket->at) || !str_eq(bucket->text, b->name))
        return false;
    struct diag *d = diag_add(l->dl, DIAG_LIFECYCLE_BUCKET, b->at,
                              "`%.*s` is the bucket of `backup`, which has rules of its own",
                              STR_ARG(b->bucket->name));
    diag_also(l->dl, d, bucket->at, "said here");
    diag_hint(l->dl, d, "How long backups are kept is said where they are made: `keep`.");
    return true;
}

/* Terraform's state is read by the next plan, and must not go or become unreadable. */
static bool takes_state(struct lower *l, const struct lifecycle *b,
                        const struct lifecycle_rule *r) {
    const struct cfg_text *state = &l->cfg->terraform.state.bucket;
    str key = lower_state_key(l->a, l->cfg);
    if (!given(state->at) || !str_eq(state->text, b->name) ||
        !str_starts(key, r->cfg->prefix.text) || (r->n == 0 && r->expires == 0))
        return false;
    struct diag *d = diag_add(l->dl, DIAG_LIFECYCLE_BUCKET, r->cfg->at,
                              "this rule would take Terraform's state, `%.*s`", STR_ARG(key));
    diag_also(l->dl, d, state->at, "kept in this bucket");
    diag_hint(l->dl, d, "Give the rule a prefix that the state is not below.");
    return true;
}

static struct lifecycle *bucket_of(struct lower *l, const struct cfg_lifecycle *c) {
    const struct watched *w =
        lower_find_kind(l, &c->name, "s3", "Lifecycle rules are of a bucket, which");
    for (uint32_t i = 0; i < l->lifecycles.n; i++) {
        if (l->lifecycles.at[i]->bucket == w)
            return l->lifecycles.at[i];
    }
    if (w == NULL || w->broken)
        return NULL;
    struct lifecycle *b = ARENA_NEW(l->a, struct lifecycle);
    *b = (struct lifecycle){
        .bucket = w, .name = watched_attribute(w, STR("bucket"))->text.text, .at = c->name.at};
    VEC_PUSH(l->a, &l->lifecycles, b);
    return b;
}

static void add_rule(struct lower *l, const struct cfg_lifecycle *c) {
    struct lifecycle *b = bucket_of(l, c);
    struct lifecycle_rule r;
    if (b == NULL || !read_rule(l, c, &r) || !check_prefix(l, b, c) || takes_state(l, b, &r))
        return;
    VEC_PUSH(l->a, &b->rules, r);
    /* One with `larger_than` is two to S3. */
    uint32_t made = given(c->larger_than.at) ? 2 : 1;
    b->made += made;
    if (b->made > RULES_MAX && b->made - made <= RULES_MAX) {
        struct diag *d = diag_add(l->dl, DIAG_LIMIT_COUNT, b->at,
                                  "a bucket has at most %d lifecycle rules", RULES_MAX);
        diag_hint(l->dl, d, "Join rules by a prefix that they share.");
    }
}

static void tell_replaced(struct lower *l, const struct lifecycle *b) {
    if (is_backup(l, b) || b->rules.n == 0)
        return;
    struct diag *d =
        diag_add(l->dl, DIAG_LIFECYCLE_REPLACES, b->at,
                 "Terraform replaces all lifecycle rules that bucket `%.*s` has", STR_ARG(b->name));
    diag_hint(l->dl, d,
              "See what it has: `aws s3api get-bucket-lifecycle-configuration --bucket %.*s`. "
              "Write here what is to stay.",
              STR_ARG(b->name));
}

bool lifecycle_needs(const struct lower *l, const struct watched *w) {
    for (uint32_t i = 0; i < l->lifecycles.n; i++) {
        if (l->lifecycles.at[i]->bucket == w)
            return true;
    }
    return false;
}

void lower_lifecycle(struct lower *l) {
    const struct config *c = l->cfg;
    for (uint32_t i = 0; i < c->cost.lifecycle.n; i++)
        add_rule(l, &c->cost.lifecycle.items[i]);
    for (uint32_t i = 0; i < l->lifecycles.n; i++)
        tell_replaced(l, l->lifecycles.at[i]);
    lifecycle_check_cleanup(l);
}

void lower_lifecycle_result(const struct lower *l, struct lower_result *ret) {
    ret->lifecycles = (const struct lifecycle *const *)l->lifecycles.at;
    ret->nlifecycles = l->lifecycles.n;
}
