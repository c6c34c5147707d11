/* SPDX-License-Identifier: MIT */
#include "runbook/runbook.h"

#include "base/embed.h"
#include "runbook/pages.h"
#include "schema/schema.h"

#include <assert.h>

#define PAGE_MAX (64u << 20)

str pages_template(const struct pages *p, const char *name) {
    const struct embed_file *f = embed_find(
        arena_printf(p->a, "templates/runbooks/%s/%s.md", schema_languages[p->r->language], name));
    assert(f != NULL);
    return (str){f->data, f->size};
}

void pages_add(struct pages *p, str path, str text, const struct map *values) {
    struct buf b = BUF_INIT(PAGE_MAX);
    tmpl_render(&b, text, values);
    output_add(p->out, arena_cat3(p->a, STR(RUNBOOK_FOLDER "/"), path, STR(".md")),
               buf_keep(&b, p->a), false);
}

void pages_set(struct pages *p, struct map *values, const char *name, str text) {
    tmpl_set(p->page, values, name, text);
}

void pages_flag(struct pages *p, struct map *values, const char *name, bool on) {
    pages_set(p, values, name, on ? STR("1") : STR(""));
}

void pages_texts(struct pages *p, struct map *values, const char *name, const char *item,
                 const struct runbook_texts *texts) {
    struct map *items = ARENA_ARRAY(p->page, struct map, texts->n + 1);
    for (uint32_t i = 0; i < texts->n; i++)
        pages_set(p, &items[i], item, texts->items[i]);
    tmpl_set_list(p->page, values, name, items, texts->n);
}

void pages_receiver(struct pages *p, struct map *values, const struct runbook_receiver *r) {
    const struct {
        const char *name;
        bool used;
    } ways[] = {{"email", r->email},   {"sms", r->sms}, {"slack", r->slack},  {"https", r->https},
                {"lambda", r->lambda}, {"sqs", r->sqs}, {"action", r->action}};
    enum { WAYS = sizeof ways / sizeof *ways };
    struct map *items = ARENA_ARRAY(p->page, struct map, WAYS);
    uint32_t n = 0;
    for (unsigned i = 0; i < WAYS; i++) {
        for (unsigned k = 0; ways[i].used && k < WAYS; k++)
            pages_flag(p, &items[n], ways[k].name, k == i);
        n += ways[i].used;
    }
    pages_set(p, values, "receiver", r->name);
    tmpl_set_list(p->page, values, "ways", items, n);
}

static bool has_bill(const struct runbook *r) {
    bool bill = false;
    for (uint32_t i = 0; i < r->nalarms; i++)
        bill |= r->alarms[i].cost;
    return bill || r->nbudgets > 0 || r->anomalies;
}

void pages_common(struct pages *p, struct map *values) {
    const struct runbook *r = p->r;
    pages_set(p, values, "project", r->project);
    pages_set(p, values, "environment", r->environment);
    pages_set(p, values, "prefix", r->prefix);
    pages_set(p, values, "home", r->region);
    pages_set(p, values, "account", r->account);
    pages_set(p, values, "spec", r->spec);
    /* As install.sh has it. */
    pages_set(p, values, "folder", arena_cat(p->page, STR("/usr/local/lib/opsc/"), r->prefix));
    pages_flag(p, values, "has_restore", r->njobs > 0);
    pages_flag(p, values, "has_rollback", r->delivery != NULL);
    pages_flag(p, values, "has_rotation", r->nsecrets > 0);
    pages_flag(p, values, "has_cost", p->bill);
}

void runbook_files(struct arena *a, const struct runbook *r, struct output *out) {
    struct pages p = {.a = a, .page = arena_within(a), .r = r, .out = out, .bill = has_bill(r)};
    str text = pages_template(&p, "alarm");
    for (uint32_t i = 0; i < r->nalarms; i++) {
        pages_alarm(&p, &r->alarms[i], text);
        arena_clear(p.page);
    }
    pages_procedures(&p);
    pages_index(&p);
    arena_free(p.page);
}
