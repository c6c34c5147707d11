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

str account_partition(const struct lower *l) {
    str r = l->cfg->aws.region.text;
    return str_starts(r, STR("cn-"))       ? STR("aws-cn")
           : str_starts(r, STR("us-gov-")) ? STR("aws-us-gov")
                                           : STR("aws");
}

bool account_reaches(const struct lower *l, str region) {
    return region.n == 0 || str_eq(region, l->cfg->aws.region.text) ||
           (str_is(region, GRAPH_GLOBAL_NAME) && str_is(account_partition(l), "aws"));
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
    diag_suggest(l->dl, d, &near);
}

void account_check(struct lower *l) {
    const struct config *c = l->cfg;
    if (given(c->aws.region.at))
        check_region(l, &c->aws.region);
    if (given(c->terraform.state.region.at))
        check_region(l, &c->terraform.state.region);
    if (!given(c->aws.account.at))
        return;
    str s = c->aws.account.text;
    bool ok = s.n == ACCOUNT_DIGITS;
    for (uint32_t i = 0; i < s.n; i++)
        ok &= s.p[i] >= '0' && s.p[i] <= '9';
    if (ok)
        return;
    struct diag *d = diag_add(l->dl, DIAG_BAD_FORMAT, c->aws.account.at,
                              "an account id has %d digits", ACCOUNT_DIGITS);
    diag_hint(l->dl, d, "Write it in quotes, as in \"123456789012\".");
}
