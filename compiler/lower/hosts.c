/* SPDX-License-Identifier: MIT */
#include "base/embed.h"
#include "lower/backup.h"
#include "lower/deploy.h"
#include "lower/host.h"
#include "tmpl/tmpl.h"

#include <string.h>

#define FILE_MAX (4u << 20)

static const char *const file_words[] = {"agent", "script", "unit", "timer", "proxy", "sudoers"};

static void put_file(struct lower *l, const struct host *h, str name, str text, bool executable) {
    str path = arena_printf(l->a, "hosts/%.*s/%.*s", STR_ARG(h->watched->name), STR_ARG(name));
    VEC_PUSH(l->a, &l->graph->files, (struct graph_file){path, text, executable, h->watched->at});
}

/* A file for the host, and its row in the list of install.sh. */
static void add_file(struct lower *l, struct host *h, enum host_file_kind kind, str name,
                     str text) {
    put_file(l, h, name, text, kind == HOST_SCRIPT);
    VEC_PUSH(l->a, &h->files, (struct host_file){kind, name});
}

/* What every template of a host may name. */
static void set_common(struct lower *l, const struct host *h, struct map *values) {
    tmpl_set(l->a, values, "spec", l->cfg->spec);
    tmpl_set(l->a, values, "host", h->watched->name);
    tmpl_set(l->a, values, "name", l->prefix);
    tmpl_set(l->a, values, "path", STR(HOST_PATH));
}

static str render(struct lower *l, const char *template_name, const struct map *values) {
    const struct embed_file *f = embed_find(arena_printf(l->a, "templates/host/%s", template_name));
    struct buf b = BUF_INIT(FILE_MAX);
    tmpl_render(&b, (str){f->data, f->size}, values);
    return buf_keep(&b, l->a);
}

static str render_passing(struct lower *l, str path, const struct map *values) {
    const struct embed_file *f = embed_find(arena_cat(l->passing, STR("templates/"), path));
    struct buf b = BUF_INIT(FILE_MAX);
    tmpl_render(&b, (str){f->data, f->size}, values);
    return buf_keep(&b, l->passing);
}

void host_add_template(struct lower *l, struct host *h, enum host_file_kind kind,
                       const struct host_template *from, str as, struct map *values) {
    tmpl_set(l->passing, values, "spec", l->cfg->spec);
    tmpl_set(l->passing, values, "host", h->watched->name);
    tmpl_set(l->passing, values, "name", l->prefix);
    tmpl_set(l->passing, values, "region", l->cfg->aws.region.text);
    for (size_t i = 0; i < from->nparts; i++) {
        const char *part = from->parts[i];
        str path = arena_printf(l->passing, "%s.sh", part);
        tmpl_set(l->passing, values, strchr(part, '/') + 1, render_passing(l, path, values));
    }
    str path = arena_printf(l->passing, "%s/%s", from->folder, from->name);
    str text = arena_str(l->a, render_passing(l, path, values));
    arena_clear(l->passing);
    add_file(l, h, kind, as, text);
}

void host_add_job(struct lower *l, struct host *h, const struct host_job *job) {
    struct map v = {0};
    set_common(l, h, &v);
    tmpl_set(l->a, &v, "does", job->does);
    str command = str_c(job->script);
    if (job->arguments.n > 0)
        command = arena_cat3(l->a, command, STR(" "), job->arguments);
    tmpl_set(l->a, &v, "command", command);
    tmpl_set(l->a, &v, "when", job->when);
    tmpl_set(l->a, &v, "seconds", arena_printf(l->a, "%u", job->at_most_s));
    str unit = arena_printf(l->a, "opsc-%.*s-%.*s.", STR_ARG(l->prefix), STR_ARG(job->name));
    add_file(l, h, HOST_UNIT, arena_cat(l->a, unit, STR("service")), render(l, "job.service", &v));
    add_file(l, h, HOST_TIMER, arena_cat(l->a, unit, STR("timer")), render(l, "job.timer", &v));
}

static void add_install(struct lower *l, struct host *h) {
    struct map v = {0};
    struct buf rows = BUF_INIT(FILE_MAX);
    for (uint32_t i = 0; i < h->files.n; i++) {
        buf_text(&rows, file_words[h->files.at[i].kind]);
        buf_byte(&rows, ' ');
        tmpl_shell(&rows, h->files.at[i].name);
        buf_byte(&rows, '\n');
    }
    set_common(l, h, &v);
    tmpl_set(l->a, &v, "owner",
             arena_printf(l->a, "project %.*s, environment %.*s", STR_ARG(l->cfg->project.text),
                          STR_ARG(l->cfg->environment.text)));
    tmpl_set(l->a, &v, "files", buf_keep(&rows, l->a));
    put_file(l, h, STR("install.sh"), render(l, "install.sh", &v), true);
}

static void add_probes(struct lower *l, struct host *h) {
    str script;
    if (!probe_script(l, h, &script))
        return;
    add_file(l, h, HOST_SCRIPT, STR("publish_metrics.sh"), script);
    struct host_job job = {.name = STR("publish-metrics"),
                           .script = "publish_metrics.sh",
                           .does = arena_printf(l->a, "Publish metrics of %.*s to CloudWatch",
                                                STR_ARG(h->watched->name)),
                           .when = STR("*-*-* *:*:00"),
                           .at_most_s = 50};
    host_add_job(l, h, &job);
}

static struct host *host_of(struct lower *l, struct map *hosts, const struct watched *w) {
    struct host *h = map_get(hosts, w->name);
    if (h == NULL) {
        h = ARENA_NEW(l->a, struct host);
        h->watched = w;
        map_add(l->a, hosts, w->name, h);
    }
    return h;
}

static void gather_hosts(struct lower *l) {
    struct map hosts = {0};
    for (uint32_t i = 0; i < l->agent_uses.n; i++) {
        const struct agent_use *u = &l->agent_uses.at[i];
        VEC_PUSH(l->a, &host_of(l, &hosts, u->host)->agent, u->decl);
    }
    for (uint32_t i = 0; i < l->probe_uses.n; i++) {
        const struct probe_use *u = &l->probe_uses.at[i];
        const struct watched *on = lower_host(l, u->watched, u->watched->kind->probe.host.text);
        if (on != NULL)
            VEC_PUSH(l->a, &host_of(l, &hosts, on)->probes, u);
    }
    for (uint32_t i = 0; i < l->logs.n; i++) {
        if (l->logs.at[i]->host != NULL)
            VEC_PUSH(l->a, &host_of(l, &hosts, l->logs.at[i]->host)->logs, l->logs.at[i]);
    }
    for (uint32_t i = 0; i < l->backups.n; i++)
        host_of(l, &hosts, l->backups.at[i]->host)->backups = true;
    for (uint32_t i = 0; l->deploy != NULL && i < l->deploy->hosts.n; i++)
        host_of(l, &hosts, l->deploy->hosts.at[i]);
    if (l->objects.n > 0 && cleanup_host(l) != NULL)
        host_of(l, &hosts, cleanup_host(l));
    for (uint32_t i = 0; i < l->watched.n; i++) {
        struct host *h = map_get(&hosts, l->watched.at[i]->name);
        if (h != NULL)
            VEC_PUSH(l->a, &l->hosts, h);
    }
}

void lower_hosts(struct lower *l) {
    lower_explain_title(l, "hosts");
    gather_hosts(l);
    for (uint32_t i = 0; i < l->hosts.n; i++) {
        struct host *h = l->hosts.at[i];
        str config;
        if (agent_config(l, h, &config))
            add_file(l, h, HOST_AGENT, STR("cloudwatch-agent-config.json"), config);
        add_probes(l, h);
        backup_scripts(l, h);
        deploy_scripts(l, h);
        if (h->files.n > 0)
            add_install(l, h);
    }
    for (uint32_t i = 0; i < l->agent_uses.n; i++)
        lower_explain(l, "agent on %.*s publishes %.*s_%.*s for `%.*s.%.*s`",
                      STR_ARG(l->agent_uses.at[i].host->name),
                      STR_ARG(l->agent_uses.at[i].decl->agent.section.text),
                      STR_ARG(l->agent_uses.at[i].decl->agent.measurement.text),
                      STR_ARG(l->agent_uses.at[i].host->name),
                      STR_ARG(l->agent_uses.at[i].decl->name.text));
    for (uint32_t i = 0; i < l->probe_uses.n; i++)
        lower_explain(l, "publish_metrics.sh publishes `%.*s.%.*s`",
                      STR_ARG(l->probe_uses.at[i].watched->name),
                      STR_ARG(l->probe_uses.at[i].decl->name.text));
}
