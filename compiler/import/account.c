/* SPDX-License-Identifier: MIT */
#include "aws/service.h"
#include "base/json.h"
#include "import/parts.h"
#include "live/path.h"

/* Asks for all of a kind: nothing is known of the one that is wanted but how its name begins. */
static void want(struct import *im, struct graph *g, const struct resource_kind *kind,
                 enum graph_region region) {
    struct node *n = graph_add(g, kind, STR("any"), SPAN_NONE);
    n->region = region;
    if (im->o->nprefixes == 1)
        n->name = im->o->prefixes[0];
}

static bool is_asked(const struct import *im, const char *service) {
    for (uint32_t i = 0; i < im->o->nservices; i++) {
        if (str_is(im->o->services[i], service))
            return true;
    }
    return im->o->nservices == 0;
}

static void take_tagged(void *ctx, const struct value *v) {
    struct import *im = ctx;
    if (v->type == VALUE_STR)
        map_add(im->a, &im->tagged, v->text, im);
}

static void take_owned(void *ctx, const struct value *v) {
    struct import *im = ctx;
    if (v->type == VALUE_STR)
        map_add(im->a, &im->owned, v->text, im);
}

static void put_filter(struct json *j, str name, str value) {
    json_object_begin(j);
    json_kstr(j, "Key", name);
    json_key(j, STR("Values"));
    json_array_begin(j);
    json_str(j, value);
    json_array_end(j);
    json_object_end(j);
}

/* The index of all tags, which is minutes behind. `tags`: a MAP. */
static void ask_tags(struct import *im, str region, const struct value *tags, listed_item *take) {
    struct buf b = BUF_INIT(1u << 16);
    struct listed_call *c = ARENA_NEW(im->a, struct listed_call);
    struct json j = json_to(&b, 0);
    json_object_begin(&j);
    json_key(&j, STR("TagFilters"));
    json_array_begin(&j);
    for (uint32_t i = 0; i < tags->map.n; i++)
        put_filter(&j, tags->map.fields[i].name, tags->map.fields[i].value->text);
    json_array_end(&j);
    json_object_end(&j);
    buf_byte(&b, 0);
    *c = (struct listed_call){.call = resource_get_resources, .region = region, .ctx = im};
    c->call.input = (const char *)buf_keep(&b, im->a).p;
    c->items = STR("ResourceTagMappingList/ResourceARN");
    c->take = take;
    listed_ask(&im->lists.listed, c);
}

struct value *import_own_tags(struct import *im) {
    return graph_own_tags(im->a, im->o->project, im->o->environment, SPAN_NONE);
}

static void read_tags(struct import *im, str region) {
    struct value *asked = value_map(im->a, im->o->ntags, SPAN_NONE);
    for (uint32_t i = 0; i < im->o->ntags; i++)
        value_set(asked, im->o->tags[i].key.text,
                  value_str(im->a, im->o->tags[i].value.text, SPAN_NONE));
    if (im->o->ntags > 0)
        ask_tags(im, region, asked, take_tagged);
    ask_tags(im, region, import_own_tags(im), take_owned);
}

bool import_read(struct import *im) {
    struct graph *g = graph_new(im->a);
    /* Billing, CloudFront and Route 53 have their metrics there. */
    bool away = graph_reaches_global(im->o->region);
    for (uint32_t i = 0; i < import_sections_n; i++) {
        const struct section *s = &import_sections[i];
        if (!is_asked(im, s->service))
            continue;
        want(im, g, s->kind, GRAPH_REGION_HOME);
        if (away && s->kind == &resource_metric_alarm)
            want(im, g, s->kind, GRAPH_REGION_GLOBAL);
    }
    struct live_options o = {.region = im->o->region};
    if (im->o->nprefixes == 1)
        o.prefix = im->o->prefixes[0];
    live_read(im->a, im->client, g, &o, &im->ret->live);
    if (im->ret->live.errors.n > 0)
        return false;
    im->listed = im->ret->live;
    im->lists = (struct kind_lists){
        .listed = {.a = im->a, .client = im->client, .ret = &im->listed}, .region = im->o->region};
    read_tags(im, im->o->region);
    if (away)
        read_tags(im, STR(GRAPH_GLOBAL_NAME));
    aws_client_run(im->client);
    im->ret->live.errors = im->listed.errors;
    return im->listed.errors.n == 0;
}

/* ---- resources */

static const struct cfg_pair *pair_of(const struct kind_item *item, str name) {
    for (uint32_t i = 0; i < item->n; i++) {
        if (str_eq(item->attributes[i].key.text, name))
            return &item->attributes[i];
    }
    return NULL;
}

static bool is_item(const struct seen *s, const struct kind_item *item) {
    bool any = false;
    for (uint32_t i = 0; i < s->attributes.n && s->kind == item->kind; i++) {
        const struct cfg_pair *p = pair_of(item, s->attributes.at[i].key.text);
        if (p != NULL && !str_eq(p->value.text, s->attributes.at[i].value.text))
            return false;
        any |= p != NULL;
    }
    return any;
}

static bool has(const struct seen *s, str name) {
    for (uint32_t i = 0; i < s->attributes.n; i++) {
        if (str_eq(s->attributes.at[i].key.text, name))
            return true;
    }
    return false;
}

static str tag_name(const struct kind_item *item) {
    for (uint32_t i = 0; i < item->tags.n; i++) {
        if (str_is(item->tags.items[i].key.text, "Name"))
            return item->tags.items[i].value.text;
    }
    return STR("");
}

/* "shop-db"; of "app/shop/50dc6c" and of an ARN the part that people gave it. */
static str name_of(const struct seen *s) {
    str name = s->attributes.n > 0 ? s->attributes.at[0].value.text : s->kind->kind.text;
    for (uint32_t i = 0; i < s->attributes.n; i++) {
        if (str_is(s->attributes.at[i].key.text, "id"))
            name = s->attributes.at[i].value.text;
    }
    name = str_after_last(name, ':');
    str rest = name, first = str_split(&rest, '/');
    bool balancer = str_is(first, "app") || str_is(first, "net");
    return balancer ? str_split(&rest, '/') : str_after_last(name, '/');
}

static void complete(struct import *im, struct seen *s) {
    str name = STR("");
    for (uint32_t i = 0; i < im->lists.items.n; i++) {
        const struct kind_item *item = &im->lists.items.at[i];
        if (!is_item(s, item))
            continue;
        name = tag_name(item);
        for (uint32_t k = 0; k < item->n; k++) {
            if (!has(s, item->attributes[k].key.text))
                VEC_PUSH(im->a, &s->attributes, item->attributes[k]);
        }
        break;
    }
    if (s->kind->implicit.value)
        s->name = s->kind->kind.text;
    else
        s->name = import_key(im, &im->resource_names,
                             s->hint.n > 0 ? s->hint
                             : name.n > 0  ? name
                                           : name_of(s));
}

void import_list(struct import *im) {
    struct map asked = {0};
    for (uint32_t i = 0; i < im->seen.n; i++) {
        const struct cat_kind *k = im->seen.at[i]->kind;
        if (given(k->list.at) && map_add(im->a, &asked, k->kind.text, im) == NULL)
            kind_lists_ask(&im->lists, k);
    }
    aws_client_run(im->client);
    kind_lists_sort(&im->lists);
    for (uint32_t i = 0; i < im->seen.n; i++)
        complete(im, im->seen.at[i]);
}
