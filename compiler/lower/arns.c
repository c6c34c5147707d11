/* SPDX-License-Identifier: MIT */
#include "lower/arns.h"

#include "lower/account.h"
#include "lower/secrets.h"

struct value *arn_of(struct lower *l, const char *module, const char *service, const char *type,
                     str name, span at) {
    struct value *v = value_list(l->a, VALUE_TEXT, 3, at);
    value_push(v, value_str(l->a,
                            arena_printf(l->a, "arn:%.*s:%s:%.*s:", STR_ARG(account_partition(l)),
                                         service, STR_ARG(l->cfg->aws.region.text)),
                            at));
    value_push(v, account_id(l, module, at));
    value_push(v, value_str(l->a, arena_printf(l->a, ":%s%.*s", type, STR_ARG(name)), at));
    return v;
}

struct arns arns_new(struct lower *l, const char *module, uint32_t room, span at) {
    return (struct arns){l, module, value_list(l->a, VALUE_LIST, room, at), {0}};
}

static bool is_new(struct arns *to, str key) {
    if (map_get(&to->seen, key) != NULL)
        return false;
    map_add(to->l->a, &to->seen, key, to->list);
    return true;
}

void arns_add(struct arns *to, const char *service, const char *type, str name, span at) {
    if (is_new(to, name))
        value_push(to->list, arn_of(to->l, to->module, service, type, name, at));
}

void arns_add_parameter(struct arns *to, str id, span at) {
    arns_add(to, "ssm", "parameter/", id.p[0] == '/' ? str_sub(id, 1, id.n) : id, at);
}

/* AWS adds six characters to the name. */
void arns_add_secret(struct arns *to, str id, span at) {
    arns_add(to, "secretsmanager", "secret:", arena_cat(to->l->a, id, STR("-??????")), at);
}

/* RDS chose the name of its master's secret: Terraform looks it up. */
void arns_add_master(struct arns *to, const struct watched *of) {
    struct lower *l = to->l;
    if (is_new(to, arena_cat(l->a, STR("rds!"), of->name)))
        value_push(to->list, value_ref(l->a, secret_instance(l, to->module, of),
                                       "master_user_secret[0].secret_arn", of->at));
}

void arns_allow(struct policy *p, const char *sid, const char *actions, const struct arns *on) {
    if (on->list->list.n > 0)
        policy_allow(p, sid, actions, on->list, NULL);
}
