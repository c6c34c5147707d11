/* SPDX-License-Identifier: MIT */
#include "live/answer.h"

#include "aws/xml.h"
#include "base/map.h"
#include "model/value_json.h"

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
    if (all_are(n, "member", NULL, NULL) || all_are(n, "item", NULL, NULL))
        return xml_list(a, n, depth);
    if (all_are(n, "entry", "key", "value"))
        return xml_entries(a, n, depth);
    return xml_map(a, n, depth);
}

static const char another[] = "it is the answer to another question";

/* The document, when it is the element that an answer is. */
static const struct xml_node *document(struct arena *a, str body, str root, const char **ret_why) {
    const struct xml_node *n = xml_parse(a, body, ret_why);
    if (n == NULL || str_eq(n->name, root))
        return n;
    *ret_why = another;
    return NULL;
}

static const struct value *of_query(struct arena *a, str operation, str body,
                                    const char **ret_why) {
    str response = arena_cat(a, operation, STR("Response"));
    str result = arena_cat(a, operation, STR("Result"));
    const struct xml_node *root = document(a, body, response, ret_why);
    if (root == NULL)
        return NULL;
    const struct xml_node *n = xml_child(root, (const char *)arena_str(a, result).p);
    return n == NULL ? value_map(a, 0, SPAN_NONE) : xml_map(a, n, 0);
}

const struct value *answer_of(struct arena *a, const struct aws_service *s, str operation,
                              const char *root, str body, const char **ret_why) {
    const struct value *v = NULL;
    const struct xml_node *n;
    switch (s->protocol) {
    case AWS_JSON_1_0:
    case AWS_JSON_1_1:
    case AWS_REST_JSON:
        v = value_of_json(a, body, ret_why);
        break;
    case AWS_REST_XML:
        n = document(a, body, str_c(root), ret_why);
        return n == NULL ? NULL : xml_map(a, n, 0);
    case AWS_EC2:
        n = document(a, body, arena_cat(a, operation, STR("Response")), ret_why);
        return n == NULL ? NULL : xml_map(a, n, 0);
    case AWS_QUERY:
        return of_query(a, operation, body, ret_why);
    }
    if (v != NULL && v->type != VALUE_MAP) {
        *ret_why = "it is no object";
        return NULL;
    }
    return v;
}

const struct value *answer_to(struct arena *a, const struct resource_call *c,
                              const struct aws_answer *answer, const char **ret_why) {
    struct value *v;
    if (c->payload != NULL) {
        v = value_map(a, 1, SPAN_NONE);
        value_set(v, str_c(c->payload), value_str(a, arena_str(a, answer->body), SPAN_NONE));
        return v;
    }
    const struct value *read = answer_of(a, aws_service_find(str_c(c->service)),
                                         str_c(c->operation), c->root, answer->body, ret_why);
    str header = c->header == NULL ? (str){NULL, 0}
                                   : aws_header(answer->headers, answer->nheaders, c->header);
    if (read == NULL || header.n == 0)
        return read;
    v = value_map(a, read->map.n + 1, SPAN_NONE);
    for (uint32_t i = 0; i < read->map.n; i++)
        value_set(v, read->map.fields[i].name, read->map.fields[i].value);
    value_set(v, str_c(c->header), value_str(a, arena_str(a, header), SPAN_NONE));
    return v;
}
