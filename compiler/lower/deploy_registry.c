/* SPDX-License-Identifier: MIT */
#include "lower/account.h"
#include "lower/deploy.h"

/* ECR, CreateRepository: repositoryName. */
#define NAME_MIN 2
#define NAME_MAX 256

static bool is_plain(unsigned char c) {
    return ascii_is_lower(c) || ascii_is_digit(c);
}

static bool is_between(unsigned char c) {
    return c == '.' || c == '_' || c == '-' || c == '/';
}

/* Words of small letters and digits, with one of . _ - / between two of them. */
static bool is_repository(str name) {
    bool ok = name.n >= NAME_MIN && name.n <= NAME_MAX && is_plain(name.p[name.n - 1]);
    for (uint32_t i = 0; ok && i < name.n; i++)
        ok = is_plain(name.p[i]) || (i > 0 && is_between(name.p[i]) && is_plain(name.p[i - 1]));
    return ok;
}

/* "registry.example:5000" */
static bool is_host(str name) {
    str port = name, host = str_split(&port, ':');
    bool ok = host.n > 0 && (port.n > 0 || host.n == name.n);
    for (uint32_t i = 0; ok && i < host.n; i++)
        ok = is_plain(host.p[i]) || host.p[i] == '.' || host.p[i] == '-';
    for (uint32_t i = 0; ok && i < port.n; i++)
        ok = ascii_is_digit(port.p[i]);
    return ok;
}

str deploy_image_host(str image) {
    str rest = image, first = str_split(&rest, '/');
    bool named = rest.n > 0 && (str_find(first, '.') < first.n || str_find(first, ':') < first.n ||
                                str_is(first, "localhost"));
    return named ? first : STR("");
}

/* An image of Docker Hub, or of the registry that it names. */
static bool is_image(str name) {
    str host = deploy_image_host(name);
    return host.n > 0 ? is_host(host) && is_repository(str_sub(name, host.n + 1, name.n))
                      : is_repository(name);
}

static bool check_name(struct lower *l, const struct deploy *d) {
    bool ecr = d->cfg->registry.value == CFG_ECR;
    if (ecr ? is_repository(d->image) : is_image(d->image))
        return true;
    struct diag *p = diag_add(l->dl, DIAG_DEPLOY_APP, watched_attribute(d->app, STR("image"))->at,
                              ecr ? "ECR has no repository with a name like `%.*s`"
                                  : "`%.*s` is no name of an image",
                              STR_ARG(d->image));
    diag_hint(
        l->dl, p,
        ecr ? "Small letters and digits, with one of `.`, `_`, `-` or `/` between them: "
              "`reco/api`. The registry's own name and a tag are not part of it."
            : "Small letters and digits, with one of `.`, `_`, `-` or `/` between them, and no "
              "tag, as each release has its own: `reco/api`.");
    return false;
}

/* What this environment cannot make, or what nobody would read. */
static bool check_makes(struct lower *l, const struct deploy *d) {
    const struct config *c = l->cfg;
    bool create = d->cfg->ecr.repository.value == CFG_PROVIDER_CREATE;
    struct diag *p;
    if (!create && given(d->cfg->ecr.readers.at)) {
        p = diag_add(l->dl, DIAG_DEPLOY_REGISTRY, d->cfg->ecr.readers.at,
                     "who reads a repository is said where it is made");
        diag_hint(l->dl, p, "Leave `readers` out, or have the repository made here.");
        return false;
    }
    if (!d->registry.makes || (str_eq(d->registry.account, c->aws.account.text) &&
                               str_eq(d->registry.region, c->aws.region.text)))
        return true;
    p = diag_add(l->dl, DIAG_DEPLOY_REGISTRY, d->cfg->ecr.at,
                 "the repository is in %.*s of the account %.*s, where nothing of this environment "
                 "is made",
                 STR_ARG(d->registry.region), STR_ARG(d->registry.account));
    diag_hint(l->dl, p,
              "When it is there already: `ecr: { repository: existing }`. Else it is made by the "
              "environment that builds the image, in its own account and region.");
    return false;
}

bool deploy_builds(const struct deploy *d) {
    return !given(d->cfg->after.at);
}

bool deploy_read_registry(struct lower *l, struct deploy *d) {
    const struct config *c = l->cfg;
    struct diag *p;
    if (d->cfg->registry.value != CFG_ECR) {
        if (!given(d->cfg->ecr.at))
            return check_name(l, d);
        p = diag_add(l->dl, DIAG_DEPLOY_REGISTRY, d->cfg->ecr.at, "images are not kept in ECR");
        diag_hint(l->dl, p, "Add `registry: ecr`, or leave `ecr` out.");
        return false;
    }
    bool account = given(d->cfg->ecr.account.at), region = given(d->cfg->ecr.region.at);
    d->registry = (struct deploy_registry){
        .account = account ? d->cfg->ecr.account.text : c->aws.account.text,
        .region = region ? d->cfg->ecr.region.text : c->aws.region.text,
        .makes = deploy_builds(d) && d->cfg->ecr.repository.value == CFG_PROVIDER_CREATE};
    if (region && !str_eq(account_partition_of(d->registry.region), account_partition(l))) {
        p = diag_add(l->dl, DIAG_DEPLOY_REGISTRY, d->cfg->ecr.region.at,
                     "hosts in %.*s do not reach a registry in %.*s", STR_ARG(c->aws.region.text),
                     STR_ARG(d->registry.region));
        diag_hint(l->dl, p, "China and GovCloud have registries of their own.");
        return false;
    }
    bool ok = check_name(l, d);
    return check_makes(l, d) && ok;
}

str deploy_registry_host(struct lower *l, const struct deploy *d) {
    if (d->registry.account.n == 0)
        return STR("");
    bool china = str_is(account_partition(l), "aws-cn");
    return arena_printf(l->a, "%.*s.dkr.ecr.%.*s.amazonaws.com%s", STR_ARG(d->registry.account),
                        STR_ARG(d->registry.region), china ? ".cn" : "");
}
