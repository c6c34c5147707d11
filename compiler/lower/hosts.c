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
    add_file(l, host, name, arena_str(l->a, buf_str(&b)), executable);
    buf_done(&b);
}

void lower_hosts(struct lower *l) {
    lower_explain_title(l, "hosts");
    for (uint32_t i = 0; i < l->watched.n; i++) {
        const struct watched *host = l->watched.at[i];
        str config, script;
        bool agent = agent_config(l, host, &config), probe = probe_script(l, host, &script);
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
