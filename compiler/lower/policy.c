/* SPDX-License-Identifier: MIT */
#include "lower/policy.h"

/* "IAM and AWS STS quotas": characters of a managed policy without white space. */
#define POLICY_SIZE_MAX 6144
#define ARN_TYPICAL 80
#define LITERAL_MAX (1u << 20)

static struct value *text(struct lower *l, const char *z, span at) {
    return value_str(l->a, str_c(z), at);
}

void policy_begin(struct policy *p, struct lower *l, span at) {
    policy_begin_for(p, l, POLICY_STATEMENTS_MAX, at);
}

void policy_begin_for(struct policy *p, struct lower *l, uint32_t statements, span at) {
    *p = (struct policy){l, value_list(l->a, VALUE_LIST, statements, at), at};
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

str policy_literal(struct lower *l, str s, const char *means) {
    struct buf b = BUF_INIT(LITERAL_MAX);
    for (uint32_t i = 0; i < s.n; i++)
        buf_printf(&b, str_find(str_c(means), s.p[i]) < strlen(means) ? "${%c}" : "%c", s.p[i]);
    return buf_keep(&b, l->a);
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

void policy_allow_to(struct policy *p, const char *sid, const char *kind, struct value *who,
                     const char *actions, struct value *condition) {
    struct lower *l = p->l;
    struct value *s = value_map(l->a, 5, p->at), *principal = value_map(l->a, 1, p->at);
    value_set(principal, str_c(kind), who);
    if (sid != NULL)
        value_set(s, STR("Sid"), text(l, sid, p->at));
    value_set(s, STR("Effect"), text(l, "Allow", p->at));
    value_set(s, STR("Principal"), principal);
    value_set(s, STR("Action"), action_list(l, actions, p->at));
    if (condition != NULL)
        value_set(s, STR("Condition"), condition);
    value_push(p->statements, s);
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

/* Characters of the document as IAM counts them, about: what is not known yet is an ARN. */
static uint32_t size_of(const struct value *v) {
    uint32_t n = 3; /* quotes and a comma, or brackets */
    if (v->type == VALUE_STR)
        return n + v->text.n;
    if (v->type == VALUE_LIST || v->type == VALUE_TEXT) {
        for (uint32_t i = 0; i < v->list.n; i++)
            n += size_of(v->list.items[i]);
        return n;
    }
    if (v->type != VALUE_MAP)
        return ARN_TYPICAL;
    for (uint32_t i = 0; i < v->map.n; i++)
        n += v->map.fields[i].name.n + 3 + size_of(v->map.fields[i].value);
    return n;
}

static void check_size(const struct policy *p, const char *whose) {
    uint32_t n = size_of(p->statements);
    if (n <= POLICY_SIZE_MAX)
        return;
    struct diag *d = diag_add(p->l->dl, DIAG_LIMIT_LENGTH, p->at,
                              "the permissions of %s have about %u characters, IAM takes %u", whose,
                              n, POLICY_SIZE_MAX);
    diag_hint(p->l->dl, d,
              "Fewer passwords and buckets: let the jobs of a database share one account.");
}

static void attach(struct lower *l, const struct watched *host, struct node *policy) {
    const struct attribute_value *role = watched_attribute(host, STR("role"));
    if (role == NULL)
        return;
    struct node *n =
        graph_add(l->graph, &resource_iam_role_policy_attachment, policy->label, role->at);
    n->module = policy->module;
    n->path = policy->path;
    node_set(n, "role", value_str(l->a, role->text.text, role->at));
    node_set(n, "policy_arn", value_ref(l->a, policy, "arn", role->at));
}

void policy_for_host(const struct policy *p, struct host *host, const char *module, str name,
                     str path, const char *whose) {
    struct lower *l = p->l;
    str on = host->watched->name;
    check_size(p, whose);
    struct node *n = graph_add(l->graph, &resource_iam_policy, name, p->at);
    n->module = str_c(module);
    n->name = arena_cat3(l->a, l->prefix, STR("-"), name);
    n->path = path;
    node_set(n, "name", value_str(l->a, n->name, p->at));
    node_set(
        n, "description",
        value_str(l->a, arena_printf(l->a, "What %s on %.*s may do", whose, STR_ARG(on)), p->at));
    node_set(n, "policy", policy_document(p));
    attach(l, host->watched, n);
    str output = arena_cat(l->a, n->label, STR("_policy_arn"));
    VEC_PUSH(l->a, &host->policy_outputs, output);
    VEC_PUSH(l->a, &l->graph->outputs,
             (struct graph_output){
                 .module = n->module,
                 .name = output,
                 .doc = arena_printf(l->a, "IAM policy that the instance role of %.*s needs.",
                                     STR_ARG(on)),
                 .is = value_ref(l->a, n, "arn", p->at),
                 .root = true});
}
