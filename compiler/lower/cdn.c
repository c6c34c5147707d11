/* SPDX-License-Identifier: MIT */
#include "lower/cdn.h"

#include "lower/account.h"

static bool refuse(struct lower *l, span at, const char *hint, str text) {
    struct diag *d = diag_add(l->dl, DIAG_CDN_ORIGIN, at, "%.*s", STR_ARG(text));
    diag_hint(l->dl, d, "%s", hint);
    return false;
}

static bool is_address(str name) {
    for (uint32_t i = 0; i < name.n; i++) {
        if (name.p[i] == ':')
            return true;
    }
    uint32_t at = name.n;
    while (at > 0 && name.p[at - 1] != '.')
        at--;
    /* No top-level domain is a number. */
    return at < name.n && ascii_is_digit(name.p[at]);
}

/* Names that belong to AWS: no certificate of one's own is for them. */
static bool has_no_certificate(str name) {
    static const char *const ends[] = {".compute.amazonaws.com", ".compute-1.amazonaws.com",
                                       ".elb.amazonaws.com"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (str_ends(name, str_c(ends[i])))
            return true;
    }
    return false;
}

static bool is_alias(struct lower *l, str name) {
    const struct cfg_texts *aliases = &l->cfg->cost.cdn.aliases;
    for (uint32_t i = 0; i < aliases->n; i++) {
        if (str_eq(arena_fold_case(l->scratch, aliases->items[i].text),
                   arena_fold_case(l->scratch, name)))
            return true;
    }
    return false;
}

/* The name under which an application or a load balancer is reached. */
static bool read_address(struct lower *l, struct cdn *c) {
    const struct cfg_text *given_address = &c->cfg->address;
    const struct attribute_value *on = watched_attribute(c->origin, STR("on"));
    const struct watched *host =
        on != NULL ? lower_find_watched(l, on->text.text, on->text.at) : NULL;
    const struct attribute_value *of_host =
        host != NULL ? watched_attribute(host, STR("address")) : NULL;
    struct cfg_text a = *given_address;
    if (!given(a.at) && of_host != NULL)
        a = of_host->text;
    if (!given(a.at))
        return refuse(l, c->cfg->origin.at,
                      "Give `address`: a DNS name that leads there, and for which it has a "
                      "certificate. Without one, `protocol: http`.",
                      arena_printf(l->a, "nothing says under which name CloudFront reaches `%.*s`",
                                   STR_ARG(c->origin->name)));
    if (is_address(a.text))
        return refuse(l, a.at, "Give a DNS name that leads there: `address: origin.example.com`.",
                      STR("CloudFront takes the name of an origin, and no IP address"));
    if (c->https && has_no_certificate(arena_fold_case(l->scratch, a.text)))
        return refuse(
            l, a.at,
            "Give a name of your own that leads there, or say `protocol: http`: then what "
            "CloudFront and the origin say to each other can be read on the way.",
            STR("nobody but AWS has a certificate for this name"));
    if (is_alias(l, a.text))
        return refuse(l, a.at, "Give the origin a name of its own.",
                      STR("CloudFront would ask itself: this name is one of its `aliases`"));
    c->address = a.text;
    return true;
}

static bool read_server(struct lower *l, struct cdn *c) {
    const struct attribute_value *port = watched_attribute(c->origin, STR("port")),
                                 *http = watched_attribute(c->origin, STR("http"));
    if (http != NULL && !http->boolean)
        return refuse(l, c->cfg->origin.at, "It is a worker (`http: false`): take another origin.",
                      arena_printf(l->a, "`%.*s` answers no requests", STR_ARG(c->origin->name)));
    if (given(c->cfg->root.at))
        return refuse(l, c->cfg->root.at, "Take it away: an application says itself what / is.",
                      STR("`root` is for buckets"));
    c->port = c->https ? CDN_HTTPS_PORT : CDN_HTTP_PORT;
    if (!c->https && port != NULL)
        c->port = num_floor(port->quantity.value);
    if (given(c->cfg->port.at))
        c->port = num_floor(c->cfg->port.q.value);
    return read_address(l, c);
}

/* What backups and Terraform's state hold is nobody's to read. */
static bool is_secret(struct lower *l, const struct cdn *c, str bucket) {
    const struct cfg_text *backups = &l->cfg->backup.bucket,
                          *state = &l->cfg->terraform.state.bucket;
    bool backup = given(backups->at) && str_eq(backups->text, bucket);
    if (!backup && (!given(state->at) || !str_eq(state->text, bucket)))
        return false;
    refuse(l, c->cfg->origin.at, "Put what everybody may read into a bucket of its own.",
           arena_printf(l->a, "CloudFront would show bucket `%.*s` to everybody: it keeps %s",
                        STR_ARG(bucket), backup ? "the backups" : "Terraform's state"));
    return true;
}

/* S3 is asked by its regional name: the other one redirects while a bucket is young. */
static bool read_bucket(struct lower *l, struct cdn *c) {
    const span at = given(c->cfg->address.at)    ? c->cfg->address.at
                    : given(c->cfg->protocol.at) ? c->cfg->protocol.at
                                                 : c->cfg->port.at;
    if (given(at))
        return refuse(l, at, "Take it away.", STR("CloudFront knows how a bucket is reached"));
    str bucket = watched_attribute(c->origin, STR("bucket"))->text.text;
    if (is_secret(l, c, bucket))
        return false;
    c->bucket = true;
    c->address = arena_printf(l->a, "%.*s.s3.%.*s.amazonaws.com", STR_ARG(bucket),
                              STR_ARG(l->cfg->aws.region.text));
    return true;
}

static bool no_certificate(struct lower *l, span at, const char *hint, const char *text) {
    struct diag *d = diag_add(l->dl, DIAG_CDN_CERTIFICATE, at, "%s", text);
    diag_hint(l->dl, d, "%s", hint);
    return false;
}

static bool check_names(struct lower *l, const struct cfg_cdn *c) {
    str arn = c->certificate.text;
    if (c->aliases.n > 0 && !given(c->certificate.at))
        return no_certificate(l, c->aliases.at,
                              "Make a certificate for the names in ACM, in us-east-1 (it costs "
                              "nothing), and give its ARN: `certificate`.",
                              "names of one's own need a certificate");
    if (given(c->certificate.at) && c->aliases.n == 0)
        return no_certificate(l, c->certificate.at, "Say them: `aliases: [www.example.com]`.",
                              "a certificate without names that it is for");
    if (given(c->certificate.at) && !str_starts(arn, STR("arn:aws:acm:us-east-1:")))
        return no_certificate(l, c->certificate.at,
                              "Make one for the same names in us-east-1; it costs nothing.",
                              "CloudFront takes certificates of us-east-1 only");
    return true;
}

/* "The leading / is optional" (CloudFront Developer Guide, path pattern). */
static str bare_path(str path) {
    return str_starts(path, STR("/")) ? str_sub(path, 1, path.n) : path;
}

static bool check_paths(struct lower *l, const struct cfg_cdn *c) {
    for (uint32_t i = 0; i < c->cache.n; i++) {
        for (uint32_t k = 0; k < i; k++) {
            if (!str_eq(bare_path(c->cache.items[i].text), bare_path(c->cache.items[k].text)))
                continue;
            struct diag *d = diag_add(l->dl, DIAG_BAD_VALUE, c->cache.items[i].at,
                                      "`%.*s` is named twice", STR_ARG(c->cache.items[i].text));
            diag_hint(l->dl, d, "Name each path once.");
            return false;
        }
    }
    return true;
}

static bool check_partition(struct lower *l) {
    if (str_is(account_partition(l), "aws"))
        return true;
    return refuse(l, l->cfg->cost.cdn.at, "Take `cdn` away.",
                  arena_printf(l->a, "opsc makes no CloudFront distributions from %.*s",
                               STR_ARG(l->cfg->aws.region.text)));
}

/* One answer for all, whoever asked first: a page of somebody who is logged in, too. */
static void tell_kept(struct lower *l, const struct cdn *c) {
    for (uint32_t i = 0; !c->bucket && i < c->cfg->cache.n; i++) {
        const struct cfg_text *path = &c->cfg->cache.items[i];
        if (!str_is(bare_path(path->text), "*"))
            continue;
        struct diag *d =
            diag_add(l->dl, DIAG_CDN_KEEPS_ALL, path->at,
                     "all that `%.*s` answers is kept, and given to whoever asks for it next",
                     STR_ARG(c->origin->name));
        diag_hint(l->dl, d,
                  "Name the paths whose answers are the same for everybody: `cache: [/static/*]`. "
                  "What is sent by POST does not arrive there.");
    }
}

static void tell(struct lower *l, const struct cdn *c) {
    const struct cfg_cdn *cfg = c->cfg;
    tell_kept(l, c);
    if (!c->bucket && cfg->cache.n == 0 && given(cfg->compress.at) && cfg->compress.value) {
        struct diag *d = diag_add(l->dl, DIAG_CDN_COMPRESS, cfg->compress.at,
                                  "of `%.*s` CloudFront keeps nothing, so it compresses nothing",
                                  STR_ARG(c->origin->name));
        diag_hint(
            l->dl, d,
            "Name paths that may be kept, `cache: [/static/*]`. Other answers the application "
            "compresses itself.");
    }
    struct diag *d =
        diag_add(l->dl, DIAG_CDN_ACCESS, cfg->origin.at,
                 c->bucket ? "bucket `%.*s` does not let CloudFront read yet"
                           : "`%.*s` still answers others than CloudFront",
                 STR_ARG(c->bucket ? watched_attribute(c->origin, STR("bucket"))->text.text
                                   : c->origin->name));
    diag_hint(l->dl, d,
              c->bucket
                  ? "Its policy is not changed, for that would replace it: add the statement that "
                    "Terraform's output `cdn_bucket_statement` has."
                  : "Let its security group take port %lld from the prefix list "
                    "com.amazonaws.global.cloudfront.origin-facing alone.",
              (long long)c->port);
}

void lower_cdn(struct lower *l) {
    const struct cfg_cdn *cfg = &l->cfg->cost.cdn;
    if (!given(cfg->origin.at) || l->cfg->aws.region.text.n == 0)
        return;
    const struct watched *w = lower_find_watched(l, cfg->origin.text, cfg->origin.at);
    if (w == NULL || w->broken || !check_partition(l))
        return;
    struct cdn c = {.cfg = cfg, .origin = w, .https = cfg->protocol.value == 0};
    str kind = w->kind->kind.text;
    bool bucket = str_is(kind, "s3");
    if (!bucket && !str_is(kind, "app") && !str_is(kind, "alb")) {
        struct diag *d =
            diag_add(l->dl, DIAG_WRONG_KIND, cfg->origin.at, "`%.*s` is of kind %.*s, not app",
                     STR_ARG(w->name), STR_ARG(kind));
        diag_hint(l->dl, d, "CloudFront stands in front of a resource of kind app, alb or s3.");
        return;
    }
    bool ok = bucket ? read_bucket(l, &c) : read_server(l, &c);
    ok &= check_names(l, cfg);
    ok &= check_paths(l, cfg);
    if (!ok)
        return;
    l->cdn = ARENA_NEW(l->a, struct cdn);
    *l->cdn = c;
    tell(l, l->cdn);
}

bool cdn_needs(const struct lower *l, const struct watched *w) {
    return l->cdn != NULL && l->cdn->origin == w;
}

void lower_cdn_result(const struct lower *l, struct lower_result *ret) {
    ret->cdn_bucket = l->cdn != NULL && l->cdn->bucket;
    ret->cdn_serves = l->cdn != NULL && !l->cdn->bucket;
}
