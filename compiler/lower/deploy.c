/* SPDX-License-Identifier: MIT */
#include "lower/deploy.h"

#include "lower/secrets.h"

#define PORT_MAX 65535
#define SLOT_DISTANCE 10000 /* of a slot's port from the app's */

static int64_t number(const struct cfg_quantity *q, int64_t otherwise) {
    return given(q->at) ? num_floor(q->q.value) : otherwise;
}

static void app_problem(struct lower *l, const struct deploy *d, const char *lacks,
                        const char *hint) {
    struct diag *p = diag_add(l->dl, DIAG_DEPLOY_APP, d->cfg->app.at, "`%.*s` has no `%s`",
                              STR_ARG(d->app->name), lacks);
    diag_hint(l->dl, p, "%s", hint);
}

/* The app's image and port. */
static bool read_app(struct lower *l, struct deploy *d) {
    const struct attribute_value *image = watched_attribute(d->app, STR("image")),
                                 *port = watched_attribute(d->app, STR("port")),
                                 *http = watched_attribute(d->app, STR("http"));
    if (d->app->broken)
        return false;
    if (image == NULL) {
        app_problem(l, d, "image",
                    "Give the app the name of its image, without a tag: `image: reco/api`.");
        return false;
    }
    d->image = image->text.text;
    d->port = port != NULL ? num_floor(port->quantity.value) : 0;
    if (d->port == 0 && http->boolean) {
        app_problem(l, d, "port",
                    "Give the app the port on which it is asked, or `http: false` when it is a "
                    "worker that nobody asks.");
        return false;
    }
    return true;
}

static bool add_host(struct lower *l, struct deploy *d, const struct cfg_text *name) {
    const struct watched *w = lower_find_kind(l, name, "ec2", "A host");
    if (w == NULL)
        return false;
    for (uint32_t i = 0; i < d->hosts.n; i++) {
        if (d->hosts.at[i] == w) {
            struct diag *p = diag_add(l->dl, DIAG_BAD_VALUE, name->at, "`%.*s` is named twice",
                                      STR_ARG(name->text));
            diag_hint(l->dl, p, "Name each host once.");
            return false;
        }
    }
    VEC_PUSH(l->a, &d->hosts, w);
    return true;
}

static bool read_hosts(struct lower *l, struct deploy *d) {
    bool ok = true;
    for (uint32_t i = 0; i < d->cfg->on.n; i++)
        ok &= add_host(l, d, &d->cfg->on.items[i]);
    const struct attribute_value *on = watched_attribute(d->app, STR("on"));
    if (!given(d->cfg->on.at) && on != NULL)
        ok &= add_host(l, d, &on->text);
    /* Of an app with a wrong key, which may be `on`, that was told. */
    if (!ok || d->hosts.n > 0 || d->app->broken)
        return ok && !d->app->broken;
    struct diag *p = diag_add(l->dl, DIAG_DEPLOY_HOST, d->at, "nothing says where `%.*s` runs",
                              STR_ARG(d->app->name));
    diag_hint(l->dl, p, "Name the hosts, resources of kind ec2: `on: [web]`.");
    return false;
}

bool deploy_listens(const struct watched *w, const struct watched *host, int64_t port) {
    const struct attribute_value *on = watched_attribute(w, STR("on")),
                                 *p = watched_attribute(w, STR("port"));
    return on != NULL && str_eq(on->text.text, host->name) && p != NULL &&
           num_floor(p->quantity.value) == port;
}

static bool listens_on_any(const struct deploy *d, const struct watched *w, int64_t port) {
    for (uint32_t i = 0; i < d->hosts.n; i++) {
        if (deploy_listens(w, d->hosts.at[i], port))
            return true;
    }
    return false;
}

static bool read_slots(struct lower *l, struct deploy *d) {
    if (d->port == 0)
        return true;
    int64_t usual =
        d->port + SLOT_DISTANCE < PORT_MAX ? d->port + SLOT_DISTANCE : d->port - SLOT_DISTANCE;
    d->slot_port = number(&d->cfg->slot_port, usual);
    span at = given(d->cfg->slot_port.at) ? d->cfg->slot_port.at : d->at;
    for (int64_t port = d->slot_port; port <= d->slot_port + 1; port++) {
        const struct watched *other = NULL;
        for (uint32_t i = 0; i < l->watched.n && other == NULL; i++)
            other = listens_on_any(d, l->watched.at[i], port) ? l->watched.at[i] : NULL;
        if (other == NULL)
            continue;
        struct diag *p =
            diag_add(l->dl, DIAG_DEPLOY_PORT, at, "port %lld of the slots is that of `%.*s`",
                     (long long)port, STR_ARG(other->name));
        diag_hint(l->dl, p,
                  "Two ports that nothing else has are needed: give `slot_port` the first.");
        return false;
    }
    return true;
}

/* RDS names its secret as it likes, and may do anything in the database with it. */
static bool no_master(struct lower *l, const struct cfg_pair *p) {
    struct diag *d =
        diag_add(l->dl, DIAG_DEPLOY_SECRET, p->value.at,
                 "`%.*s` is the master password that RDS keeps for itself", STR_ARG(p->value.text));
    diag_hint(
        l->dl, d,
        "Give the application an account of its own in the database, with an item of its own.");
    return false;
}

/* An item whose value is a whole variable. */
static bool add_secret(struct lower *l, struct deploy *d, const struct cfg_pair *p) {
    for (uint32_t i = 0; i < l->secrets.n; i++) {
        if (!str_eq(l->secrets.at[i]->cfg->name.text, p->value.text))
            continue;
        if (l->secrets.at[i]->by == SECRET_BY_RDS)
            return no_master(l, p);
        VEC_PUSH(l->a, &d->secrets, (struct deploy_secret){p->key.text, l->secrets.at[i]->watched});
        return true;
    }
    if (secret_is_written(l, p->value.text))
        return false; /* what is wrong with it was told */
    struct diag *g = diag_add(l->dl, DIAG_DEPLOY_SECRET, p->value.at, "`secrets` has no `%.*s`",
                              STR_ARG(p->value.text));
    struct suggest near = suggest_for(p->value.text);
    for (uint32_t i = 0; i < l->secrets.n; i++)
        suggest_offer(&near, l->secrets.at[i]->cfg->name.text);
    if (!diag_suggest(l->dl, g, &near))
        diag_hint(l->dl, g,
                  "Name an item under `items` of `secrets`; its value is never in ops.yaml.");
    return false;
}

/*
 * A secret is a variable of the engine's command too, so that no argument shows it: what a shell,
 * the loader, or docker and podman themselves go by would reach them. What is in `env` does not.
 */
static bool is_obeyed(str name) {
    static const char *const prefixes[] = {"LD_", "BASH", "DOCKER_", "CONTAINER", "XDG_", "OPSC_"};
    static const char *const names[] = {"PATH", "HOME",    "ENV",       "IFS",       "PWD",
                                        "UID",  "EUID",    "PPID",      "SHELLOPTS", "TMPDIR",
                                        "_",    "GODEBUG", "GOMAXPROCS"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (str_starts(name, str_c(prefixes[i])))
            return true;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_is(name, names[i]))
            return true;
    }
    return false;
}

static void bad_name(struct lower *l, const struct cfg_text *name, const char *what,
                     const char *hint) {
    struct diag *d =
        diag_add(l->dl, DIAG_BAD_VALUE, name->at, "`%.*s` %s", STR_ARG(name->text), what);
    diag_hint(l->dl, d, "%s", hint);
}

static bool check_names(struct lower *l, const struct cfg_pairs *pairs, bool secret) {
    bool ok = true;
    for (uint32_t i = 0; i < pairs->n; i++) {
        const struct cfg_text *name = &pairs->items[i].key;
        bool port = str_is(name->text, "PORT"), variable = str_is_variable(name->text),
             obeyed = secret && is_obeyed(name->text);
        ok &= variable && !port && !obeyed;
        if (port)
            bad_name(l, name, "is set for each release",
                     "Take it out: the application finds there the port that it is to listen on.");
        else if (!variable)
            bad_name(l, name, "is no name of a variable",
                     "Letters, digits and `_`, the first no digit: `LOG_LEVEL`.");
        else if (obeyed)
            bad_name(l, name, "is a name that the host's shell or container engine obeys itself",
                     "Let the application have its secret under another name. What is none goes "
                     "to `env`, where such names are free.");
    }
    return ok;
}

static bool read_environment(struct lower *l, struct deploy *d) {
    bool ok = check_names(l, &d->cfg->env, false);
    ok &= check_names(l, &d->cfg->secrets, true);
    for (uint32_t i = 0; i < d->cfg->secrets.n; i++)
        ok &= add_secret(l, d, &d->cfg->secrets.items[i]);
    return ok;
}

/* GitHub's tokens name both or none. */
static bool check_ids(struct lower *l, const struct deploy *d) {
    bool owner = given(d->cfg->github.owner_id.at),
         repository = given(d->cfg->github.repository_id.at);
    if (owner == repository)
        return true;
    struct diag *p = diag_add(
        l->dl, DIAG_DEPLOY_GITHUB,
        owner ? d->cfg->github.owner_id.at : d->cfg->github.repository_id.at,
        "tokens of GitHub name the ids of owner and repository or neither; `%s` is not given",
        owner ? "repository_id" : "owner_id");
    diag_hint(l->dl, p, "Give both, or take this one out. `gh api repos/%.*s --jq '%s'` tells it.",
              STR_ARG(d->cfg->github.repository.text), owner ? ".id" : ".owner.id");
    return false;
}

/* What needs a role in AWS needs to know who may take it. */
static bool check_github(struct lower *l, const struct deploy *d) {
    bool ecr = d->cfg->registry.value == CFG_ECR, ssm = d->cfg->via.value == CFG_VIA_SSM;
    bool repository = given(d->cfg->github.repository.at), account = given(l->cfg->aws.account.at);
    if ((!ecr && !ssm) || (repository && account))
        return true;
    span at = ecr ? d->cfg->registry.at : d->cfg->via.at;
    struct diag *p =
        diag_add(l->dl, DIAG_DEPLOY_GITHUB, at, "the workflow needs a role in AWS, and %s",
                 repository ? "`aws.account` does not say in which account"
                            : "nothing says which repository may take it");
    if (repository)
        diag_hint(l->dl, p, "Give `aws` the `account`.");
    else
        diag_hint(l->dl, p, "Name the repository: `github: owner/name`.");
    return false;
}

static bool read_cleanup(struct lower *l, struct deploy *d) {
    d->logs_older_s = number(&d->cfg->cleanup.older_than, 14 * DAY_S);
    d->cleans_up = given(d->cfg->cleanup.every.at);
    bool ok = deploy_check_logs(l, &d->cfg->cleanup.logs);
    return (!d->cleans_up || schedule_read(l, &d->cfg->cleanup.every, &d->cleanup)) && ok;
}

static void bind(struct lower *l, const struct cfg_deploy *c) {
    struct deploy *d = ARENA_NEW(l->a, struct deploy);
    *d = (struct deploy){.cfg = c,
                         .at = c->app.at,
                         .retries = number(&c->health_check.retries, 10),
                         .every_s = number(&c->health_check.every, 6),
                         .drain_s = number(&c->drain, 30),
                         .keep = number(&c->rollback.keep, 5),
                         .watch_s = number(&c->watch.time, 300)};
    d->app = lower_find_kind(l, &c->app, "app", "What is deployed");
    if (d->app == NULL)
        return;
    bool ok = read_app(l, d);
    ok &= read_hosts(l, d);
    ok &= read_environment(l, d);
    ok &= check_github(l, d);
    ok &= check_ids(l, d);
    ok &= deploy_check_roles(l, d);
    ok &= read_cleanup(l, d);
    ok = ok && deploy_read_registry(l, d);
    if (ok && read_slots(l, d))
        l->deploy = d;
}

static void add_objects(struct lower *l, const struct cfg_cleanup *c) {
    const struct watched *w = lower_find_kind(l, &c->name, "s3", "Objects are in a bucket, which");
    if (w == NULL || w->broken || !given(c->prefix.at))
        return;
    VEC_PUSH(l->a, &l->objects,
             (struct cleanup_objects){c->name.text, watched_attribute(w, STR("bucket"))->text.text,
                                      c->prefix.text, num_floor(c->older_than.q.value),
                                      c->prefix.at});
}

void lower_deploy(struct lower *l) {
    const struct config *c = l->cfg;
    if (given(c->deploy.app.at))
        bind(l, &c->deploy);
    for (uint32_t i = 0; i < c->cost.cleanup.n; i++)
        add_objects(l, &c->cost.cleanup.items[i]);
    if (l->objects.n == 0 || cleanup_host(l) != NULL || given(c->deploy.app.at))
        return;
    struct diag *d =
        diag_add(l->dl, DIAG_DEPLOY_HOST, l->objects.at[0].at, "nothing says which host cleans up");
    diag_hint(
        l->dl, d,
        "cleanup_old_data.sh runs on a host of `deploy`, or on the only resource of kind ec2.");
}

bool deploy_is_on(const struct lower *l, const struct watched *host) {
    for (uint32_t i = 0; l->deploy != NULL && i < l->deploy->hosts.n; i++) {
        if (l->deploy->hosts.at[i] == host)
            return true;
    }
    return false;
}

bool deploy_needs(const struct lower *l, const struct watched *w) {
    bool needs = deploy_is_on(l, w);
    for (uint32_t i = 0; i < l->objects.n && !needs; i++)
        needs = str_eq(l->objects.at[i].name, w->name);
    return needs;
}

const struct watched *cleanup_host(const struct lower *l) {
    if (l->deploy != NULL)
        return l->deploy->hosts.at[0];
    return lower_only_host(l);
}
