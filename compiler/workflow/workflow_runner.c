/* SPDX-License-Identifier: MIT */
#include "base/embed.h"
#include "base/json.h"
#include "tmpl/tmpl.h"
#include "workflow/deploy.h"

#define TEXT_MAX (4u << 20)

str workflow_runner_path(struct workflows *w, const struct workflow_environment *e) {
    return arena_cat(w->a, e->folder, STR("scripts/deploy_hosts.sh"));
}

str workflow_image(struct workflows *w, const struct delivery *d) {
    return d->registry.n > 0 ? arena_cat3(w->a, d->registry, STR("/"), d->image) : d->image;
}

static str render(struct workflows *w, const char *name, const struct map *values) {
    const struct embed_file *f = embed_find(arena_printf(w->a, "templates/deploy_runner/%s", name));
    struct buf b = BUF_INIT(TEXT_MAX);
    tmpl_render(&b, (str){f->data, f->size}, values);
    return buf_keep(&b, w->a);
}

static void put_word(struct buf *b, str word) {
    tmpl_shell(b, word);
    buf_byte(b, '\n');
}

static void set_seconds(struct workflows *w, struct map *values, const char *name, int64_t s) {
    tmpl_set(w->a, values, name, arena_printf(w->a, "%lld", (long long)s));
}

/* Filters of EC2 that find the instance that runs; empty when it has an id. */
static str filters(struct workflows *w, const struct delivery_host *h) {
    struct buf b = BUF_INIT(TEXT_MAX);
    if (h->instance.n > 0)
        return STR("");
    struct json j = json_to(&b, 0);
    json_array_begin(&j);
    for (uint32_t i = 0; i <= h->find.n; i++) {
        bool last = i == h->find.n;
        json_object_begin(&j);
        json_kstr(&j, "Name", last ? STR("instance-state-name") : h->find.items[i].key.text);
        json_key(&j, STR("Values"));
        json_array_begin(&j);
        json_str(&j, last ? STR("running") : h->find.items[i].value.text);
        json_array_end(&j);
        json_object_end(&j);
    }
    json_array_end(&j);
    return buf_keep(&b, w->a);
}

/* One of the arrays of the script, a line for each host. */
enum column { HOST_NAME, HOST_ADDRESS, HOST_VARIABLE, HOST_INSTANCE, HOST_FILTERS };

static void set_column(struct workflows *w, struct map *values, const char *name,
                       const struct delivery *d, enum column column) {
    struct buf b = BUF_INIT(TEXT_MAX);
    for (uint32_t i = 0; i < d->nhosts; i++) {
        const struct delivery_host *h = &d->hosts[i];
        const str texts[] = {h->name, h->address, h->variable, h->instance,
                             column == HOST_FILTERS ? filters(w, h) : STR("")};
        put_word(&b, texts[column]);
    }
    tmpl_set(w->a, values, name, buf_keep(&b, w->a));
}

static void set_reach(struct workflows *w, struct map *values, const struct delivery *d) {
    const char *script = "ssh.sh", *help = "ssh_help.txt";
    if (d->cfg->via.value == CFG_VIA_SSM) {
        script = "ssm.sh";
        help = "ssm_help.txt";
    }
    tmpl_set(w->a, values, "user", d->user);
    tmpl_set(w->a, values, "region", d->region);
    tmpl_set(w->a, values, "document", arena_cat(w->a, d->name, STR("-deploy")));
    set_column(w, values, "addresses", d, HOST_ADDRESS);
    set_column(w, values, "variables", d, HOST_VARIABLE);
    set_column(w, values, "instances", d, HOST_INSTANCE);
    set_column(w, values, "filters", d, HOST_FILTERS);
    tmpl_set(w->a, values, "reach", render(w, script, values));
    tmpl_set(w->a, values, "reach_help", render(w, help, values));
}

void workflow_runner(struct workflows *w, struct output *out,
                     const struct workflow_environment *e) {
    const struct delivery *d = e->delivery;
    struct map values = {0};
    tmpl_set(w->a, &values, "spec", w->spec);
    tmpl_set(w->a, &values, "environment", e->name);
    tmpl_set(w->a, &values, "app", d->app);
    tmpl_set(w->a, &values, "name", d->name);
    tmpl_set(w->a, &values, "image", workflow_image(w, d));
    set_column(w, &values, "hosts", d, HOST_NAME);
    set_seconds(w, &values, "deploy_s", d->host_s);
    set_seconds(w, &values, "watch_s", d->watch_s);
    set_reach(w, &values, d);
    output_add(out, workflow_runner_path(w, e), render(w, "deploy_hosts.sh", &values), true);
}
