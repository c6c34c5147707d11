/* SPDX-License-Identifier: MIT */
#include "live/answer.h"

#include "aws/sigv4.h"
#include "aws/xml.h"
#include "base/map.h"
#include "model/value_json.h"

#define INPUT_MAX (1u << 20)

static uint32_t count(const struct xml_node *n) {
    uint32_t i = 0;
    for (const struct xml_node *c = n->first; c != NULL; c = c->next)
        i++;
    return i;
}

/* Whether all that is inside has this name, and with it both of these members. */
static bool all_are(const struct xml_node *n, const char *name, const char *with,
                    const char *and_with) {
    for (const struct xml_node *c = n->first; c != NULL; c = c->next) {
        if (!str_is(c->name, name) || (with != NULL && xml_child(c, with) == NULL) ||
            (and_with != NULL && xml_child(c, and_with) == NULL))
            return false;
    }
    return n->first != NULL;
}

static struct value *of_xml(struct arena *a, const struct xml_node *n, unsigned depth);

static struct value *xml_list(struct arena *a, const struct xml_node *n, unsigned depth) {
    struct value *v = value_list(a, VALUE_LIST, count(n), SPAN_NONE);
    for (const struct xml_node *c = n->first; c != NULL; c = c->next)
        value_push(v, of_xml(a, c, depth + 1));
    return v;
}

static struct value *xml_entries(struct arena *a, const struct xml_node *n, unsigned depth) {
    struct value *v = value_map(a, count(n), SPAN_NONE);
    for (const struct xml_node *c = n->first; c != NULL; c = c->next)
        value_set(v, xml_child_text(c, "key"), of_xml(a, xml_child(c, "value"), depth + 2));
    return v;
}

/* Elements of one name are a list, where the first stands. */
static struct value *xml_map(struct arena *a, const struct xml_node *n, unsigned depth) {
    struct value *v = value_map(a, count(n), SPAN_NONE);
    struct map at = {0};
    for (const struct xml_node *c = n->first; c != NULL; c = c->next) {
        struct value *item = of_xml(a, c, depth + 1);
        struct value_field *f = map_add(a, &at, c->name, &v->map.fields[v->map.n]);
        if (f == NULL) {
            value_set(v, c->name, item);
            continue;
        }
        if (f->value->type != VALUE_LIST) {
            struct value *list = value_list(a, VALUE_LIST, count(n), SPAN_NONE);
            value_push(list, f->value);
            f->value = list;
        }
        value_push(f->value, item);
    }
    return v;
}

static struct value *of_xml(struct arena *a, const struct xml_node *n, unsigned depth) {
    if (n->first == NULL || depth > ANSWER_DEPTH_MAX)
        return value_str(a, n->text, SPAN_NONE);
    if (all_are(n, "member", NULL, NULL))
        return xml_list(a, n, depth);
    if (all_are(n, "entry", "key", "value"))
        return xml_entries(a, n, depth);
    return xml_map(a, n, depth);
}

static const struct value *of_query(struct arena *a, str operation, str body,
                                    const char **ret_why) {
    const struct xml_node *root = xml_parse(a, body, ret_why);
    if (root == NULL)
        return NULL;
    *ret_why = "it is the answer to another question";
    str name = arena_cat(a, operation, STR("Response"));
    str result = arena_cat(a, operation, STR("Result"));
    if (!str_eq(root->name, name))
        return NULL;
    const struct xml_node *n = xml_child(root, (const char *)arena_str(a, result).p);
    return n == NULL ? value_map(a, 0, SPAN_NONE) : xml_map(a, n, 0);
}

const struct value *answer_of(struct arena *a, const struct aws_service *s, str operation, str body,
                              const char **ret_why) {
    const struct value *v = NULL;
    const struct xml_node *root;
    switch (s->protocol) {
    case AWS_JSON_1_0:
    case AWS_JSON_1_1:
    case AWS_REST_JSON:
        v = value_of_json(a, body, ret_why);
        break;
    case AWS_REST_XML:
    case AWS_EC2:
        root = xml_parse(a, body, ret_why);
        v = root == NULL ? NULL : xml_map(a, root, 0);
        break;
    case AWS_QUERY:
        return of_query(a, operation, body, ret_why);
    }
    if (v != NULL && v->type != VALUE_MAP) {
        *ret_why = "it is no object";
        return NULL;
    }
    return v;
}

/* ---- requests */

static void put_pair(struct buf *b, str name, const struct value *v) {
    if (b->n > 0)
        buf_byte(b, '&');
    sigv4_encode(b, name, false);
    buf_byte(b, '=');
    if (v->type == VALUE_STR)
        sigv4_encode(b, v->text, false);
    else if (v->type == VALUE_NUM)
        buf_num(b, v->number);
    else
        buf_text(b, v->type == VALUE_BOOL && v->boolean ? "true" : "false");
}

static str form(struct arena *a, const struct value *input) {
    struct buf b = BUF_INIT(INPUT_MAX);
    for (uint32_t i = 0; i < input->map.n; i++) {
        const struct value_field *f = &input->map.fields[i];
        if (f->value->type != VALUE_LIST)
            put_pair(&b, f->name, f->value);
        for (uint32_t k = 0; f->value->type == VALUE_LIST && k < f->value->list.n; k++)
            put_pair(&b, arena_printf(a, "%.*s.member.%u", STR_ARG(f->name), k + 1),
                     f->value->list.items[k]);
    }
    return buf_keep(&b, a);
}

str answer_input(struct arena *a, const struct aws_service *s, const struct value *input) {
    if (s->protocol == AWS_QUERY || s->protocol == AWS_EC2)
        return form(a, input);
    struct buf b = BUF_INIT(INPUT_MAX);
    value_put_json(&b, input);
    return buf_keep(&b, a);
}

const struct value *answer_at(const struct value *v, str path) {
    while (path.n > 0 && v != NULL)
        v = value_get(v, str_split(&path, '/'));
    return v == NULL || v->type == VALUE_UNSET ? NULL : v;
}
