/* SPDX-License-Identifier: MIT */
#include "iam/github.h"

#include "iam/statement.h"

static bool is_name(str s, bool dots) {
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];
        bool ok = ascii_is_alnum(c) || c == '-';
        if (!ok && !(dots && (c == '.' || c == '_')))
            return false;
    }
    return s.n > 0;
}

static bool is_id(str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    }
    return s.n > 0 && s.n <= 20;
}

bool github_repository_of(str text, struct github_repository *ret) {
    str name = text, owner = str_split(&name, '/');
    bool ids = str_find(text, '@') < text.n;
    str owner_id = owner, repository_id = name;
    struct github_repository r = {str_split(&owner_id, '@'), str_split(&repository_id, '@'),
                                  owner_id, repository_id};
    if (!is_name(r.owner, false) || !is_name(r.name, true) ||
        (ids && (!is_id(owner_id) || !is_id(repository_id))))
        return false;
    *ret = r;
    return true;
}

/* aws-actions/configure-aws-credentials, "OIDC Audience". */
str github_audience(str partition) {
    return str_is(partition, "aws-cn") ? STR("sts.amazonaws.com.cn") : STR("sts.amazonaws.com");
}

/*
 * Without thumbprints: AWS trusts GitHub's certificate by its authority ("Obtain the thumbprint for
 * an OpenID Connect identity provider").
 */
void github_set_provider(struct graph *g, struct node *provider, str partition, span at) {
    struct arena *a = g->arena;
    node_set(provider, "url", value_str(a, STR("https://" GITHUB_PROVIDER_HOST), at));
    if (provider->data)
        return;
    struct value *clients = value_list(a, VALUE_LIST, 1, at);
    value_push(clients, value_str(a, github_audience(partition), at));
    node_set(provider, "client_id_list", clients);
}

static void add_subject(struct arena *a, struct value *to, str owner, str name, str which) {
    value_push(to, value_str(a,
                             arena_printf(a, "repo:%.*s/%.*s:%.*s", STR_ARG(owner), STR_ARG(name),
                                          STR_ARG(which)),
                             to->at));
}

static struct value *subjects(struct arena *a, const struct github_repository *r,
                              const struct github_jobs *which, span at) {
    struct value *v = value_list(a, VALUE_LIST, 2 * which->n, at);
    str owner = arena_cat3(a, r->owner, STR("@"), r->owner_id),
        name = arena_cat3(a, r->name, STR("@"), r->repository_id);
    for (uint32_t i = 0; i < which->n; i++) {
        add_subject(a, v, r->owner, r->name, which->items[i]);
        if (r->owner_id.n > 0)
            add_subject(a, v, owner, name, which->items[i]);
    }
    return v;
}

struct value *github_trust(struct arena *a, const struct github_repository *r, str partition,
                           const struct github_jobs *which, struct value *provider, span at) {
    struct value *claims = value_map(a, 2, at), *condition = value_map(a, 1, at);
    struct value *statements = value_list(a, VALUE_LIST, 1, at);
    value_set(claims, STR(GITHUB_PROVIDER_HOST ":aud"),
              value_str(a, github_audience(partition), at));
    value_set(claims, STR(GITHUB_PROVIDER_HOST ":sub"), subjects(a, r, which, at));
    value_set(condition, STR("StringEquals"), claims);
    value_push(statements,
               iam_trust(a, STR(""), "Federated", provider,
                         iam_actions(a, "sts:AssumeRoleWithWebIdentity", at), condition, at));
    return iam_document(a, statements, at);
}
