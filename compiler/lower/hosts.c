/* SPDX-License-Identifier: MIT */
#include "base/embed.h"
#include "lower/host.h"
#include "tmpl/tmpl.h"

#define FILE_MAX 65536

static void add_file(struct lower *l, const struct watched *host, const char *name, str text,
                     bool executable) {
    str path = arena_printf(l->a, "hosts/%.*s/%s", STR_ARG(host->name), name);
    VEC_PUSH(l->a, &l->graph->files, (struct graph_file){path, text, executable, host->at});
}

/* A file of templates/host with nothing but the host's name in it. */
static void add_template(struct lower *l, const struct watched *host, const char *name,
                         bool executable) {
    struct map v = {0};
    tmpl_set(l->a, &v, "spec", l->cfg->spec);
    tmpl_set(l->a, &v, "host", host->name);
    const struct embed_file *f = embed_find(arena_printf(l->a, "templates/host/%s", name));
    struct buf b = BUF_INIT(FILE_MAX);
    tmpl_render(&b, (str){f->data, f->size}, &v);
    add_file(l, host, name, buf_keep(&b, l->a), executable);
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
        const struct watched *host = l->hosts.at[i]->watched;
        str config, script;
        bool agent = agent_config(l, l->hosts.at[i], &config);
        bool probe = probe_script(l, l->hosts.at[i], &script);
        if (agent)
            add_file(l, host, "cloudwatch-agent-config.json", config, false);
        if (probe) {
            add_file(l, host, "publish_metrics.sh", script, true);
            add_template(l, host, "opsc-publish-metrics.service", false);
            add_template(l, host, "opsc-publish-metrics.timer", false);
        }
        if (agent || probe)
            add_template(l, host, "install.sh", true);
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
