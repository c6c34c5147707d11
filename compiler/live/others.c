/* SPDX-License-Identifier: MIT */
#include "live/others.h"

#include "live/asking.h"
#include "live/path.h"
#include "resource/resource.h"

struct values {
    struct arena *a;
    struct live_result *ret;
    str region;
    struct map seen;
    VEC(str) items;
};

static bool take(void *ctx, const struct value *answer) {
    struct values *v = ctx;
    const struct value *list = value_get(answer, STR("TagValues"));
    for (uint32_t i = 0; list != NULL && list->type == VALUE_LIST && i < list->list.n; i++) {
        const struct value *item = list->list.items[i];
        if (item->type != VALUE_STR || map_get(&v->seen, item->text) != NULL)
            continue;
        str text = arena_str(v->a, item->text); /* the answer is gone after this */
        map_add(v->a, &v->seen, text, v);
        VEC_PUSH(v->a, &v->items, text);
    }
    return true;
}

static void failed(void *ctx, const struct aws_error *e) {
    struct values *v = ctx;
    asking_note(v->a, v->ret, &resource_get_tag_values, v->region, NULL, e);
}

static void ask(struct values *v, struct aws_client *c, const char *key) {
    struct value *params = value_map(v->a, 1, SPAN_NONE);
    struct asking q = {.a = v->a,
                       .client = c,
                       .call = &resource_get_tag_values,
                       .region = v->region,
                       .params = params,
                       .take = take,
                       .failed = failed,
                       .ctx = v};
    value_set(params, STR("Key"), value_str(v->a, str_c(key), SPAN_NONE));
    asking_begin(&q);
    aws_client_run(c);
}

static struct values values_of(struct arena *a, struct aws_client *c, const struct live_options *o,
                               struct live_result *ret, const char *key) {
    struct values v = {.a = a, .ret = ret, .region = o->region};
    ask(&v, c, key);
    v.region = STR(GRAPH_GLOBAL_NAME);
    if (graph_reaches_global(o->region))
        ask(&v, c, key);
    return v;
}

void live_read_others(struct arena *a, struct aws_client *c, const struct live_options *o,
                      struct live_result *ret, struct others *ret_others) {
    *ret_others = (struct others){0};
    struct values projects = values_of(a, c, o, ret, GRAPH_TAG_PROJECT);
    struct values environments = values_of(a, c, o, ret, GRAPH_TAG_ENVIRONMENT);
    for (uint32_t i = 0; i < projects.items.n; i++) {
        for (uint32_t k = 0; k < environments.items.n; k++) {
            str prefix = arena_printf(a, "%.*s-%.*s-", STR_ARG(projects.items.at[i]),
                                      STR_ARG(environments.items.at[k]));
            if (prefix.n > o->prefix.n && str_starts(prefix, o->prefix))
                VEC_PUSH(a, &ret_others->prefixes, prefix);
        }
    }
}
