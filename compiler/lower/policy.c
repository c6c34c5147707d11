/* SPDX-License-Identifier: MIT */
#include "lower/policy.h"

static struct value *text(struct lower *l, const char *z, span at) {
    return value_str(l->a, str_c(z), at);
}

void policy_begin(struct policy *p, struct lower *l, span at) {
    *p = (struct policy){l, value_list(l->a, VALUE_LIST, POLICY_STATEMENTS_MAX, at), at};
}

static struct value *action_list(struct lower *l, const char *actions, span at) {
    uint32_t n = 1;
    for (const char *c = actions; *c != 0; c++)
        n += *c == ' ';
    struct value *list = value_list(l->a, VALUE_LIST, n, at);
    for (str rest = str_c(actions); rest.n > 0;)
        value_push(list, value_str(l->a, str_split(&rest, ' '), at));
    return list;
}

void policy_allow(struct policy *p, const char *sid, const char *actions, struct value *resources,
                  struct value *condition) {
    struct lower *l = p->l;
    struct value *s = value_map(l->a, 5, p->at);
    value_set(s, STR("Sid"), text(l, sid, p->at));
    value_set(s, STR("Effect"), text(l, "Allow", p->at));
    value_set(s, STR("Action"), action_list(l, actions, p->at));
    value_set(s, STR("Resource"), resources);
    if (condition != NULL)
        value_set(s, STR("Condition"), condition);
    value_push(p->statements, s);
}

struct value *policy_condition(struct lower *l, const char *test, const char *key,
                               struct value *value, span at) {
    struct value *k = value_map(l->a, 1, at), *c = value_map(l->a, 1, at);
    value_set(k, str_c(key), value);
    value_set(c, str_c(test), k);
    return c;
}

static struct value *document(struct lower *l, struct value *statements, span at) {
    struct value *doc = value_map(l->a, 2, at);
    value_set(doc, STR("Version"), text(l, "2012-10-17", at));
    value_set(doc, STR("Statement"), statements);
    return value_json(l->a, doc, at);
}

struct value *policy_document(const struct policy *p) {
    return document(p->l, p->statements, p->at);
}

struct value *policy_assumed_by(struct lower *l, const char *service, span at) {
    struct value *who = value_map(l->a, 1, at), *s = value_map(l->a, 3, at);
    struct value *list = value_list(l->a, VALUE_LIST, 1, at);
    value_set(who, STR("Service"), text(l, service, at));
    value_set(s, STR("Effect"), text(l, "Allow", at));
    value_set(s, STR("Principal"), who);
    value_set(s, STR("Action"), text(l, "sts:AssumeRole", at));
    value_push(list, s);
    return document(l, list, at);
}
