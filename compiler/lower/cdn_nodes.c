/* SPDX-License-Identifier: MIT */
#include "lower/account.h"
#include "lower/cdn.h"
#include "lower/lifecycle.h"
#include "lower/policy.h"

/* "Use managed cache policies", "... origin request policies", "... response headers policies"
 * (CloudFront Developer Guide). */
#define CACHING_OPTIMIZED "658327ea-f89d-4fab-a63d-7e88639e58f6"
#define CACHING_DISABLED "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
/* The origin is asked by its own name: that is what its certificate is for. */
#define ALL_VIEWER_EXCEPT_HOST_HEADER "b689b0a8-53d0-40ab-baf2-68738e2966ac"
#define SECURITY_HEADERS "67f7725c-6f97-4210-82d7-5512b31e9d03"

#define WHAT_IS_OFF                                                                                \
    "a web application firewall (paid for by the month, by its rules and by requests) and an "     \
    "access log (what S3 keeps is paid for) are off"

struct making {
    struct lower *l;
    const struct cdn *c;
    struct node *node, *access;
    span at;
};

static struct value *text(const struct making *m, const char *z) {
    return value_str(m->l->a, str_c(z), m->at);
}

static struct value *yes(const struct making *m) {
    return value_bool(m->l->a, true, m->at);
}

static struct value *texts(const struct making *m, const char *const *list) {
    struct value *v = value_list(m->l->a, VALUE_LIST, 8, m->at);
    for (; *list != NULL; list++)
        value_push(v, text(m, *list));
    return v;
}

static struct value *cfg_texts(const struct making *m, const struct cfg_texts *t) {
    struct value *v = value_list(m->l->a, VALUE_LIST, t->n, t->at);
    for (uint32_t i = 0; i < t->n; i++)
        value_push(v, value_str(m->l->a, t->items[i].text, t->items[i].at));
    return v;
}

static void name_node(const struct making *m, struct node *n) {
    struct lower *l = m->l;
    n->module = STR(OPTIMIZATION_MODULE);
    n->path = STR("cost.cdn");
    n->name = arena_printf(l->a, "%.*s-%.*s", STR_ARG(l->prefix), STR_ARG(m->c->origin->name));
}

static void add_access(struct making *m) {
    struct lower *l = m->l;
    struct node *n = graph_add(l->graph, &resource_cloudfront_access, STR("cdn"), m->at);
    name_node(m, n);
    node_set(n, "name", value_str(l->a, n->name, m->at));
    node_set(n, "origin_access_control_origin_type", text(m, "s3"));
    node_set(n, "signing_behavior", text(m, "always"));
    node_set(n, "signing_protocol", text(m, "sigv4"));
    m->access = n;
}

static void add_origin(const struct making *m) {
    struct lower *l = m->l;
    const struct cdn *c = m->c;
    struct graph_block o = graph_block_of(l->graph, m->node, "origin", m->at);
    graph_block_set(o, "origin_id", value_str(l->a, c->origin->name, m->at));
    graph_block_set(o, "domain_name", value_str(l->a, c->address, m->at));
    if (c->bucket) {
        graph_block_set(o, "origin_access_control_id", value_ref(l->a, m->access, "id", m->at));
        return;
    }
    struct graph_block s = graph_block_in(l->graph, o, "custom_origin_config", m->at);
    static const char *const protocols[] = {"TLSv1.2", NULL};
    graph_block_set(s, "http_port", value_int(l->a, c->https ? CDN_HTTP_PORT : c->port, m->at));
    graph_block_set(s, "https_port", value_int(l->a, c->https ? c->port : CDN_HTTPS_PORT, m->at));
    graph_block_set(s, "origin_protocol_policy", text(m, c->https ? "https-only" : "http-only"));
    graph_block_set(s, "origin_ssl_protocols", texts(m, protocols));
}

/* What is kept is asked for by reading only. */
static void fill(const struct making *m, struct graph_block b, bool keeps) {
    static const char *const reading[] = {"GET", "HEAD", "OPTIONS", NULL},
                             *const all[] = {"DELETE", "GET",  "HEAD", "OPTIONS",
                                             "PATCH",  "POST", "PUT",  NULL},
                             *const kept[] = {"GET", "HEAD", NULL};
    const struct cfg_bool *compress = &m->c->cfg->compress;
    bool wanted = !given(compress->at) || compress->value;
    graph_block_set(b, "target_origin_id", value_str(m->l->a, m->c->origin->name, m->at));
    graph_block_set(b, "viewer_protocol_policy", text(m, "redirect-to-https"));
    graph_block_set(b, "allowed_methods", texts(m, keeps ? reading : all));
    graph_block_set(b, "cached_methods", texts(m, kept));
    graph_block_set(b, "compress", value_bool(m->l->a, wanted && keeps, m->at));
    graph_block_set(b, "cache_policy_id", text(m, keeps ? CACHING_OPTIMIZED : CACHING_DISABLED));
    if (!keeps)
        graph_block_set(b, "origin_request_policy_id", text(m, ALL_VIEWER_EXCEPT_HOST_HEADER));
    graph_block_set(b, "response_headers_policy_id", text(m, SECURITY_HEADERS));
}

static void add_behaviors(const struct making *m) {
    struct graph *g = m->l->graph;
    const struct cfg_texts *cache = &m->c->cfg->cache;
    fill(m, graph_block_of(g, m->node, "default_cache_behavior", m->at), m->c->bucket);
    for (uint32_t i = 0; i < cache->n; i++) {
        const struct cfg_text *path = &cache->items[i];
        struct graph_block b =
            graph_block_push(g, m->node, "ordered_cache_behavior", cache->n, path->at);
        graph_block_set(b, "path_pattern", value_str(m->l->a, path->text, path->at));
        fill(m, b, true);
    }
}

static void add_certificate(const struct making *m) {
    const struct cfg_text *arn = &m->c->cfg->certificate;
    struct graph_block v = graph_block_of(m->l->graph, m->node, "viewer_certificate", m->at);
    if (!given(arn->at)) {
        graph_block_set(v, "cloudfront_default_certificate", yes(m));
        return;
    }
    graph_block_set(v, "acm_certificate_arn", value_str(m->l->a, arn->text, arn->at));
    graph_block_set(v, "minimum_protocol_version", text(m, "TLSv1.2_2021"));
    graph_block_set(v, "ssl_support_method", text(m, "sni-only"));
}

static void set_distribution(const struct making *m) {
    static const char *const classes[] = {"PriceClass_100", "PriceClass_200", "PriceClass_All"};
    struct lower *l = m->l;
    const struct cfg_cdn *cfg = m->c->cfg;
    struct node *n = m->node;
    node_set(n, "comment", value_str(l->a, n->name, m->at));
    node_set(n, "enabled", yes(m));
    node_set(n, "is_ipv6_enabled", yes(m));
    node_set(n, "http_version", text(m, "http2and3"));
    node_set(n, "price_class", text(m, classes[cfg->price_class.value]));
    if (cfg->aliases.n > 0)
        node_set(n, "aliases", cfg_texts(m, &cfg->aliases));
    if (given(cfg->root.at))
        node_set(n, "default_root_object", value_str(l->a, cfg->root.text, cfg->root.at));
    /* It takes minutes, in which nothing else waits for it. */
    node_set(n, "wait_for_deployment", value_bool(l->a, false, m->at));
    add_origin(m);
    add_behaviors(m);
    struct graph_block r = graph_block_of(l->graph, n, "restrictions", m->at);
    graph_block_set(graph_block_in(l->graph, r, "geo_restriction", m->at), "restriction_type",
                    text(m, "none"));
    add_certificate(m);
}

static void add_output(const struct making *m, const char *name, const char *doc,
                       struct value *is) {
    VEC_PUSH(m->l->a, &m->l->graph->outputs,
             (struct graph_output){.module = STR(OPTIMIZATION_MODULE),
                                   .name = str_c(name),
                                   .doc = str_c(doc),
                                   .is = is,
                                   .root = true});
}

/* The policy of a bucket that is there is not ours to replace. */
static struct value *bucket_statement(const struct making *m) {
    struct lower *l = m->l;
    struct value *s = value_map(l->a, 6, m->at), *who = value_map(l->a, 1, m->at);
    str bucket = watched_attribute(m->c->origin, STR("bucket"))->text.text;
    value_set(who, STR("Service"), text(m, "cloudfront.amazonaws.com"));
    value_set(s, STR("Sid"), text(m, "CloudFront"));
    value_set(s, STR("Effect"), text(m, "Allow"));
    value_set(s, STR("Principal"), who);
    value_set(s, STR("Action"), text(m, "s3:GetObject"));
    value_set(s, STR("Resource"),
              value_str(l->a, arena_printf(l->a, "arn:aws:s3:::%.*s/*", STR_ARG(bucket)), m->at));
    value_set(s, STR("Condition"),
              policy_condition(l, "StringEquals", "AWS:SourceArn",
                               value_ref(l->a, m->node, "arn", m->at), m->at));
    return value_json(l->a, s, m->at);
}

void lower_cdn_nodes(struct lower *l) {
    if (l->cdn == NULL)
        return;
    struct making m = {.l = l, .c = l->cdn, .at = l->cdn->cfg->origin.at};
    if (l->cdn->bucket)
        add_access(&m);
    m.node = graph_add(l->graph, &resource_cloudfront, STR("cdn"), m.at);
    name_node(&m, m.node);
    m.node->comment = STR(WHAT_IS_OFF);
    set_distribution(&m);
    add_output(&m, "cdn_domain_name", "The name under which CloudFront answers.",
               value_ref(l->a, m.node, "domain_name", m.at));
    add_output(&m, "cdn_id", "The distribution: `id` of a resource of kind cloudfront.",
               value_ref(l->a, m.node, "id", m.at));
    if (l->cdn->bucket)
        add_output(&m, "cdn_bucket_statement",
                   "What the policy of the bucket needs for CloudFront to read it.",
                   bucket_statement(&m));
}
