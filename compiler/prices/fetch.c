/* SPDX-License-Identifier: MIT */
#include "prices/fetch.h"

#include <cjson/cJSON.h>

#define INDEX_BYTES_MAX (8u << 20)
#define OFFER_BYTES_MAX ((uint64_t)4 << 30)
#define ROOT "/offers/v1.0/aws/"
#define INDEX_NAME "/index.json"
#define PATH_MAX_BYTES 256

struct reading {
    struct offer *offer;
    struct arena *a;
    const struct price_list *list;
    str service, known;
    struct list_prefixes prefixes;
};

static bool take_piece(void *of, str piece) {
    const struct reading *r = of;
    return offer_feed(r->offer, piece);
}

static void begin_again(void *of) {
    struct reading *r = of;
    offer_open(r->offer, r->a, r->list, r->service, &r->prefixes, r->known);
}

static bool take_index(void *of, str piece) {
    struct buf *b = of;
    buf_put(b, piece);
    return !b->full;
}

static void index_again(void *of) {
    buf_clear(of);
}

static str http_problem(struct arena *a, const struct http_error *e, str url) {
    struct buf b = BUF_INIT(PATH_MAX_BYTES * 8);
    buf_text(&b, http_status_text(e->status));
    if (e->status == HTTP_REFUSED)
        buf_printf(&b, " (%u)", e->code);
    if (e->detail[0] != 0)
        buf_printf(&b, " (%s)", e->detail);
    if (e->tries > 1)
        buf_printf(&b, ", in %u tries", e->tries);
    buf_printf(&b, ": %.*s", STR_ARG(url));
    return buf_keep(&b, a);
}

/* /offers/v1.0/aws/AmazonEC2/20261001120000/eu-west-1/index.json and nothing that leads elsewhere,
 * nor to another list. */
static bool is_path(struct arena *a, str p, str service, str region) {
    str begin = arena_cat3(a, STR(ROOT), service, STR("/"));
    str end = arena_cat3(a, STR("/"), region, STR(INDEX_NAME));
    for (uint32_t i = 0; i < p.n; i++) {
        unsigned char c = p.p[i];
        if (!(ascii_is_alnum(c) || strchr("/._-", c) != NULL))
            return false;
    }
    return p.n < PATH_MAX_BYTES && p.n > begin.n + end.n && str_starts(p, begin) &&
           str_ends(p, end) && !str_contains(p, STR("..")) && !str_contains(p, STR("//"));
}

/* The path of the region's current version; empty: there is none. False: the index is no such. */
static bool find_path(struct arena *a, str json, str service, str region, str *ret) {
    cJSON *root = cJSON_ParseWithLength((const char *)json.p, json.n);
    const cJSON *regions = cJSON_GetObjectItemCaseSensitive(root, "regions");
    const char *name = (const char *)arena_str(a, region).p;
    const cJSON *entry = cJSON_GetObjectItemCaseSensitive(regions, name);
    const cJSON *url = cJSON_GetObjectItemCaseSensitive(entry, "currentVersionUrl");
    bool ok = cJSON_IsObject(regions);
    *ret = STR("");
    if (ok && entry != NULL) {
        ok = cJSON_IsString(url) && is_path(a, str_c(url->valuestring), service, region);
        *ret = ok ? arena_str(a, str_c(url->valuestring)) : STR("");
    }
    cJSON_Delete(root);
    return ok;
}

/* What AWS's server says of a file that is not there. */
static bool is_absent(const struct http_error *e) {
    return e->status == HTTP_REFUSED && (e->code == 403 || e->code == 404);
}

static enum fetch_result get_path(const struct fetch_source *s, struct arena *a, str service,
                                  str region, str *ret_path, str *ret_problem) {
    struct buf b = BUF_INIT(INDEX_BYTES_MAX);
    struct http_error e;
    str url = arena_printf(a, "%.*s" ROOT "%.*s/current/region_index.json", STR_ARG(s->base),
                           STR_ARG(service));
    const struct http_request r = {.url = url,
                                   .max_bytes = INDEX_BYTES_MAX,
                                   .on_body = take_index,
                                   .on_restart = index_again,
                                   .ctx = &b};
    bool ok = http_send(s->http, &r, &e);
    if (!ok && is_absent(&e)) {
        buf_done(&b);
        return FETCH_ABSENT;
    }
    if (!ok)
        *ret_problem = http_problem(a, &e, url);
    if (ok && !find_path(a, buf_str(&b), service, region, ret_path)) {
        *ret_problem = arena_printf(a, "this is no list of AWS's regions: %.*s", STR_ARG(url));
        ok = false;
    }
    buf_done(&b);
    return !ok ? FETCH_FAILED : ret_path->n > 0 ? FETCH_READ : FETCH_ABSENT;
}

/* The part of the path between the service and the region. */
static str version_in(str path, str service) {
    str rest = str_sub(path, (uint32_t)sizeof ROOT - 1 + service.n + 1, path.n);
    return str_split(&rest, '/');
}

static enum fetch_result close_offer(struct offer *o, struct arena *a, str what, str *ret_problem) {
    if (o->same || offer_close(o))
        return o->same ? FETCH_SAME : FETCH_READ;
    *ret_problem = arena_printf(a, "%s: %.*s", o->problem, STR_ARG(what));
    return FETCH_FAILED;
}

static enum fetch_result get_offer(const struct fetch_source *s, struct reading *r, str url,
                                   bool may_lack, str *ret_problem) {
    struct http_error e;
    const struct http_request q = {.url = url,
                                   .max_bytes = OFFER_BYTES_MAX,
                                   .on_body = take_piece,
                                   .on_restart = begin_again,
                                   .ctx = r};
    if (http_send(s->http, &q, &e) || e.status == HTTP_STOPPED)
        return close_offer(r->offer, r->a, url, ret_problem);
    if (may_lack && is_absent(&e))
        return FETCH_ABSENT;
    *ret_problem = http_problem(r->a, &e, url);
    return FETCH_FAILED;
}

static enum fetch_result from_aws(const struct fetch_source *s, struct reading *r, str region,
                                  str *ret_problem) {
    str path, url;
    if (str_is(region, PRICE_LOCK_GLOBAL)) {
        url = arena_printf(r->a, "%.*s" ROOT "%.*s/current/index.csv", STR_ARG(s->base),
                           STR_ARG(r->service));
        return get_offer(s, r, url, true, ret_problem);
    }
    enum fetch_result found = get_path(s, r->a, r->service, region, &path, ret_problem);
    if (found != FETCH_READ)
        return found;
    if (r->known.n > 0 && str_eq(version_in(path, r->service), r->known))
        return FETCH_SAME;
    url = arena_printf(r->a, "%.*s%.*s/index.csv", STR_ARG(s->base),
                       STR_ARG(str_sub(path, 0, path.n - (uint32_t)sizeof INDEX_NAME + 1)));
    return get_offer(s, r, url, false, ret_problem);
}

static enum fetch_result from_folder(const struct fetch_source *s, struct reading *r, str region,
                                     str *ret_problem) {
    str name = arena_printf(r->a, "%.*s_%.*s.csv", STR_ARG(r->service), STR_ARG(region));
    str path = io_path_join(r->a, s->folder, name);
    struct io_error err;
    enum io_status st = s->io->stream(s->io->ctx, path, take_piece, r, &err);
    if (st == IO_NOT_FOUND)
        return FETCH_ABSENT;
    if (st == IO_OK)
        return close_offer(r->offer, r->a, path, ret_problem);
    *ret_problem = arena_printf(
        r->a, "%s: %.*s", err.detail[0] != 0 ? err.detail : io_status_text(st), STR_ARG(path));
    return FETCH_FAILED;
}

enum fetch_result fetch_offer(const struct fetch_source *s, struct arena *a,
                              const struct price_list *list, str service, str region, str known,
                              struct offer *o, str *ret_problem) {
    struct reading r = {.offer = o, .a = a, .list = list, .service = service, .known = known};
    *ret_problem = STR("");
    if (!list_prefixes(a, region, &r.prefixes)) {
        *ret_problem = arena_printf(a, "opsc does not know the region `%.*s`", STR_ARG(region));
        return FETCH_FAILED;
    }
    begin_again(&r);
    return s->folder.n > 0 ? from_folder(s, &r, region, ret_problem)
                           : from_aws(s, &r, region, ret_problem);
}
