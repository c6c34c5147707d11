/* SPDX-License-Identifier: MIT */
#include "lower/account.h"

#include "schema/schema.h"

#define ACCOUNT_DIGITS 12

bool account_known(const struct lower *l) {
    return given(l->cfg->aws.account.at);
}

struct value *account_id(struct lower *l, const char *module, span at) {
    if (account_known(l))
        return value_str(l->a, l->cfg->aws.account.text, at);
    str key = arena_printf(l->a, "%s.aws_caller_identity", module);
    struct node *n = map_get(&l->data_nodes, key);
    if (n == NULL) {
        bool first = str_is(str_c(module), "monitoring");
        n = graph_add(l->graph, &resource_data_caller_identity,
                      first ? STR("current") : str_c(module), l->cfg->aws.at);
        n->module = str_c(module);
        n->data = true;
        n->path = STR("aws");
        map_add(l->a, &l->data_nodes, key, n);
    }
    return value_ref(l->a, n, "account_id", at);
}

str account_partition_of(str region) {
    return str_starts(region, STR("cn-"))       ? STR("aws-cn")
           : str_starts(region, STR("us-gov-")) ? STR("aws-us-gov")
                                                : STR("aws");
}

str account_partition(const struct lower *l) {
    return account_partition_of(l->cfg->aws.region.text);
}

bool account_reaches(const struct lower *l, str region) {
    return region.n == 0 || str_eq(region, l->cfg->aws.region.text) ||
           (str_is(region, GRAPH_GLOBAL_NAME) && graph_reaches_global(l->cfg->aws.region.text));
}

str account_rds_authorities(const struct lower *l) {
    static const struct {
        const char *partition, *place;
    } places[] = {
        {"aws", "truststore.pki.rds.amazonaws.com"},
        {"aws-us-gov", "truststore.pki.us-gov-west-1.rds.amazonaws.com"},
        {"aws-cn", "rds-truststore.s3.cn-north-1.amazonaws.com.cn"},
    };
    const char *place = places[0].place;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (str_is(account_partition(l), places[i].partition))
            place = places[i].place;
    }
    str region = l->cfg->aws.region.text;
    return arena_printf(l->a, "https://%s/%.*s/%.*s-bundle.pem", place, STR_ARG(region),
                        STR_ARG(region));
}

/* arn:partition:service:region:account:resource */
static str arn_field(str arn, int which) {
    for (int i = 0; i < which; i++)
        str_split(&arn, ':');
    return str_split(&arn, ':');
}

str account_arn_region(str arn) {
    return arn_field(arn, 3);
}

void account_check_key(struct lower *l, const struct cfg_text *key) {
    str here = l->cfg->aws.region.text, partition = account_partition(l);
    if (!given(key->at) || !str_starts(key->text, STR("arn:")) || here.n == 0 ||
        (str_eq(account_arn_region(key->text), here) && str_eq(arn_field(key->text, 1), partition)))
        return;
    struct diag *d =
        diag_add(l->dl, DIAG_BAD_VALUE, key->at, "this key is of %.*s, in the partition %.*s",
                 STR_ARG(account_arn_region(key->text)), STR_ARG(arn_field(key->text, 1)));
    diag_hint(l->dl, d,
              "What it is to encrypt is in %.*s: name a key that begins with `arn:%.*s:kms:%.*s:`.",
              STR_ARG(here), STR_ARG(partition), STR_ARG(here));
}

static void check_region(struct lower *l, const struct cfg_text *t) {
    for (int i = 0; schema_regions[i] != NULL; i++) {
        if (str_is(t->text, schema_regions[i]))
            return;
    }
    struct suggest near = suggest_for(t->text);
    for (int i = 0; schema_regions[i] != NULL; i++)
        suggest_offer(&near, str_c(schema_regions[i]));
    struct diag *d =
        diag_add(l->dl, DIAG_BAD_VALUE, t->at, "there is no AWS region `%.*s`", STR_ARG(t->text));
    if (!diag_suggest(l->dl, d, &near))
        diag_hint(l->dl, d, "Write it like `eu-west-1`; `aws account list-regions` has them all.");
}

/* Taking the lock there would never work, and letting go of it would remove what is there. */
static void check_lock(struct lower *l) {
    const struct config *c = l->cfg;
    const struct cfg_text *state = &c->terraform.state.bucket;
    span at = given(c->aws.lock.key.at) ? c->aws.lock.key.at : c->aws.lock.bucket.at;
    str key = lower_lock_key(l->a, c), of = lower_state_key(l->a, c);
    str files[] = {of, arena_cat(l->a, of, STR(".tflock"))};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (!given(state->at) || !str_eq(state->text, lower_lock_bucket(c)) ||
            !str_eq(key, files[i]))
            continue;
        struct diag *d =
            diag_add(l->dl, DIAG_LOCK_STATE, at, "`%.*s` is %s, in the same bucket", STR_ARG(key),
                     i == 0 ? "Terraform's state" : "the lock of Terraform's state");
        diag_also(l->dl, d, state->at, "kept in this bucket");
        diag_hint(l->dl, d, "Leave `key` out, or give the lock a name of its own.");
    }
}

void account_check(struct lower *l) {
    const struct config *c = l->cfg;
    if (given(c->aws.lock.bucket.at))
        check_lock(l);
    if (given(c->aws.lock.region.at))
        check_region(l, &c->aws.lock.region);
    if (given(c->aws.region.at))
        check_region(l, &c->aws.region);
    if (given(c->terraform.state.region.at))
        check_region(l, &c->terraform.state.region);
    if (given(c->deploy.ecr.region.at))
        check_region(l, &c->deploy.ecr.region);
    if (!given(c->aws.account.at))
        return;
    str s = c->aws.account.text;
    bool ok = s.n == ACCOUNT_DIGITS;
    for (uint32_t i = 0; i < s.n; i++)
        ok &= ascii_is_digit(s.p[i]);
    if (ok)
        return;
    struct diag *d = diag_add(l->dl, DIAG_BAD_FORMAT, c->aws.account.at,
                              "an account id has %d digits", ACCOUNT_DIGITS);
    diag_hint(l->dl, d, "Write it in quotes, as in \"123456789012\".");
}
