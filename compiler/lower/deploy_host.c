/* SPDX-License-Identifier: MIT */
#include "lower/deploy.h"
#include "schema/schema.h"
#include "tmpl/tmpl.h"

/* What a host needs to get releases, and to throw away what is old: scripts, proxy, permission. */

#define TEXT_MAX (4u << 20)
#define CLEANUP_AT_MOST_S 3600

static void set_number(struct lower *l, struct map *v, const char *name, int64_t n) {
    tmpl_set(l->passing, v, name, arena_printf(l->passing, "%lld", (long long)n));
}

static str text_of(const struct watched *w, const char *name) {
    const struct attribute_value *a = watched_attribute(w, str_c(name));
    return a != NULL ? a->text.text : STR("");
}

/* A word of an array of bash, on a line of its own. */
static void put_word_line(struct buf *b, str word) {
    tmpl_shell(b, word);
    buf_byte(b, '\n');
}

static void set_lines(struct lower *l, struct map *v, const char *name, struct buf *b) {
    tmpl_set(l->passing, v, name, buf_keep(b, l->passing));
}

static void set_texts(struct lower *l, struct map *v, const char *name,
                      const struct cfg_texts *texts) {
    struct buf b = BUF_INIT(TEXT_MAX);
    for (uint32_t i = 0; texts != NULL && i < texts->n; i++)
        put_word_line(&b, texts->items[i].text);
    set_lines(l, v, name, &b);
}

/* Engines other than docker know no registry that is not named. */
static str whole_image(struct lower *l, const struct deploy *d) {
    str registry = deploy_registry_host(l, d);
    if (registry.n > 0)
        return arena_cat3(l->passing, registry, STR("/"), d->image);
    if (deploy_image_host(d->image).n > 0)
        return d->image;
    bool official = str_find(d->image, '/') == d->image.n;
    return arena_cat3(l->passing, STR("docker.io/"), official ? STR("library/") : STR(""),
                      d->image);
}

static void set_environment(struct lower *l, const struct deploy *d, struct map *v) {
    struct buf variables = BUF_INIT(TEXT_MAX), secrets = BUF_INIT(TEXT_MAX);
    for (uint32_t i = 0; i < d->cfg->env.n; i++) {
        const struct cfg_pair *p = &d->cfg->env.items[i];
        put_word_line(&variables, arena_cat3(l->passing, p->key.text, STR("="), p->value.text));
    }
    for (uint32_t i = 0; i < d->secrets.n; i++) {
        put_word_line(&secrets, d->secrets.at[i].variable);
        put_word_line(&secrets, text_of(d->secrets.at[i].item, "store"));
        put_word_line(&secrets, text_of(d->secrets.at[i].item, "id"));
    }
    set_lines(l, v, "variables", &variables);
    set_lines(l, v, "secrets", &secrets);
}

static void set_health(struct lower *l, const struct deploy *d, struct map *v) {
    const struct attribute_value *timeout = watched_attribute(d->app, STR("health.timeout"));
    tmpl_set(l->passing, v, "health_path", text_of(d->app, "health.path"));
    tmpl_set(l->passing, v, "health_host", text_of(d->app, "health.host"));
    tmpl_set(l->passing, v, "health_status", text_of(d->app, "health.status"));
    set_number(l, v, "health_timeout", num_floor(timeout->quantity.value));
    set_number(l, v, "retries", d->retries);
    set_number(l, v, "every", d->every_s);
}

static void set_alarms(struct lower *l, const struct deploy *d, struct map *v) {
    struct buf b = BUF_INIT(TEXT_MAX);
    for (uint32_t i = 0; i < d->watch_alarms.n; i++)
        put_word_line(&b, d->watch_alarms.at[i]);
    set_lines(l, v, "alarms", &b);
    set_number(l, v, "watch", d->watch_s);
}

static void set_deploy(struct lower *l, const struct deploy *d, struct map *v) {
    const struct cfg_deploy *c = d->cfg;
    tmpl_set(l->passing, v, "app", d->app->name);
    tmpl_set(l->passing, v, "image", whole_image(l, d));
    tmpl_set(l->passing, v, "registry", str_c(schema_registries[c->registry.value]));
    tmpl_set(l->passing, v, "registry_region", d->registry.region);
    tmpl_set(l->passing, v, "engine", str_c(schema_engines[c->engine.value]));
    tmpl_set(l->passing, v, "network", str_c(schema_networks[c->network.value]));
    tmpl_set(l->passing, v, "user", given(c->user.at) ? c->user.text : STR("deploy"));
    tmpl_set(l->passing, v, "migrate", c->migrate.text);
    tmpl_set(l->passing, v, "env_file", c->env_file.text);
    set_number(l, v, "port", d->port);
    set_number(l, v, "port_a", d->slot_port);
    set_number(l, v, "port_b", d->slot_port + 1);
    set_number(l, v, "drain", d->drain_s);
    set_number(l, v, "keep", d->keep);
    set_texts(l, v, "options", &c->options);
    set_environment(l, d, v);
    set_health(l, d, v);
    set_alarms(l, d, v);
}

/* Of a host that cleans up and gets no releases: what the parts name and it has not. */
static void set_nothing(struct lower *l, struct map *v) {
    static const char *const texts[] = {
        "app",    "registry_region", "image",       "registry",     "engine",    "network",
        "user",   "migrate",         "env_file",    "options",      "variables", "secrets",
        "alarms", "health_path",     "health_host", "health_status"};
    static const char *const numbers[] = {"port",    "port_a", "port_b", "drain",         "keep",
                                          "retries", "every",  "watch",  "health_timeout"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        tmpl_set(l->passing, v, texts[i], STR(""));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        tmpl_set(l->passing, v, numbers[i], STR("0"));
}

static void set_cleanup(struct lower *l, const struct host *h, const struct deploy *d,
                        struct map *v) {
    struct buf objects = BUF_INIT(TEXT_MAX);
    for (uint32_t i = 0; h->watched == cleanup_host(l) && i < l->objects.n; i++) {
        const struct cleanup_objects *o = &l->objects.at[i];
        put_word_line(&objects, o->bucket);
        put_word_line(&objects, o->prefix);
        put_word_line(&objects, arena_printf(l->passing, "%lld", (long long)o->older_than_s));
    }
    set_lines(l, v, "objects", &objects);
    set_texts(l, v, "logs", d != NULL ? &d->cfg->cleanup.logs : NULL);
    set_number(l, v, "logs_older", d != NULL ? d->logs_older_s : 0);
}

static void add(struct lower *l, struct host *h, const struct deploy *d, enum host_file_kind kind,
                const char *name, str as) {
    static const char *const parts[] = {"host/process", "host/cloud", "deploy/common",
                                        "deploy/release", "deploy/prune"};
    struct map v = {0};
    if (d != NULL)
        set_deploy(l, d, &v);
    else
        set_nothing(l, &v);
    set_number(l, &v, "pull_at_most", DEPLOY_PULL_S);
    set_number(l, &v, "migrate_at_most", DEPLOY_MIGRATE_S);
    set_cleanup(l, h, d, &v);
    struct host_template from = {"deploy", name, parts, sizeof parts / sizeof *parts};
    host_add_template(l, h, kind, &from, as, &v);
}

static void add_cleanup_timer(struct lower *l, struct host *h, const struct deploy *d) {
    struct host_job job = {
        .name = STR("cleanup"),
        .script = "cleanup_old_data.sh",
        .arguments = STR("--apply"),
        .does = arena_printf(l->a, "Clean up old data on %.*s", STR_ARG(h->watched->name)),
        .when = schedule_calendar(l->a, &d->cleanup),
        .at_most_s = CLEANUP_AT_MOST_S};
    host_add_job(l, h, &job);
}

void deploy_scripts(struct lower *l, struct host *h) {
    const struct deploy *d = deploy_is_on(l, h->watched) ? l->deploy : NULL;
    bool objects = l->objects.n > 0 && h->watched == cleanup_host(l);
    if (d == NULL && !objects)
        return;
    add(l, h, d, HOST_SCRIPT, "cleanup_old_data.sh", STR("cleanup_old_data.sh"));
    if (d == NULL)
        return;
    static const char *const scripts[] = {"deploy.sh", "rollback.sh", "health_check.sh",
                                          "watch_alarms.sh", "ssh_command.sh"};
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        add(l, h, d, HOST_SCRIPT, scripts[i], str_c(scripts[i]));
    if (d->port > 0)
        add(l, h, d, HOST_PROXY, "proxy.conf",
            arena_cat3(l->a, STR("opsc-"), l->prefix, STR(".conf")));
    add(l, h, d, HOST_SUDOERS, "sudoers", arena_cat(l->a, STR("opsc-"), l->prefix));
    if (d->cleans_up)
        add_cleanup_timer(l, h, d);
}
