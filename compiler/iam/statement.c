/* SPDX-License-Identifier: MIT */
#include "iam/statement.h"

#include "base/buf.h"

#define LITERAL_MAX (1u << 20)

static struct value *text(struct arena *a, const char *z, span at) {
    return value_str(a, str_c(z), at);
}

struct value *iam_actions(struct arena *a, const char *actions, span at) {
    uint32_t n = 1;
    for (const char *c = actions; *c != 0; c++)
        n += *c == ' ';
    struct value *list = value_list(a, VALUE_LIST, n, at);
    for (str rest = str_c(actions); rest.n > 0;)
        value_push(list, value_str(a, str_split(&rest, ' '), at));
    return list;
}

/* In the order in which people write one; a part that is NULL is left out. */
static struct value *statement(struct arena *a, str sid, struct value *principal,
                               struct value *actions, struct value *resources,
                               struct value *condition, span at) {
    struct value *s = value_map(a, 6, at);
    if (sid.n > 0)
        value_set(s, STR("Sid"), value_str(a, sid, at));
    value_set(s, STR("Effect"), text(a, "Allow", at));
    if (principal != NULL)
        value_set(s, STR("Principal"), principal);
    value_set(s, STR("Action"), actions);
    if (resources != NULL)
        value_set(s, STR("Resource"), resources);
    if (condition != NULL)
        value_set(s, STR("Condition"), condition);
    return s;
}

struct value *iam_allow(struct arena *a, str sid, struct value *actions, struct value *resources,
                        struct value *condition, span at) {
    return statement(a, sid, NULL, actions, resources, condition, at);
}

struct value *iam_trust(struct arena *a, str sid, const char *kind, struct value *who,
                        struct value *actions, struct value *condition, span at) {
    struct value *principal = value_map(a, 1, at);
    value_set(principal, str_c(kind), who);
    return statement(a, sid, principal, actions, NULL, condition, at);
}

struct value *iam_condition(struct arena *a, const char *test, str key, struct value *value,
                            span at) {
    struct value *k = value_map(a, 1, at), *c = value_map(a, 1, at);
    value_set(k, key, value);
    value_set(c, str_c(test), k);
    return c;
}

struct value *iam_document(struct arena *a, struct value *statements, span at) {
    struct value *doc = value_map(a, 2, at);
    value_set(doc, STR("Version"), text(a, "2012-10-17", at));
    value_set(doc, STR("Statement"), statements);
    return value_json(a, doc, at);
}

str iam_literal(struct arena *a, str s, const char *means) {
    struct buf b = BUF_INIT(LITERAL_MAX);
    for (uint32_t i = 0; i < s.n; i++)
        buf_printf(&b, str_find(str_c(means), s.p[i]) < strlen(means) ? "${%c}" : "%c", s.p[i]);
    return buf_keep(&b, a);
}
