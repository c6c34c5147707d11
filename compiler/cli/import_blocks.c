/* SPDX-License-Identifier: MIT */
#include "cli/import_blocks.h"

#include "cli/compared.h"
#include "diff/import_id.h"
#include "resource/resource.h"

struct taking {
    struct cli *c;
    struct compared compared;
    struct known known;
    VEC(struct emit_import) items;
    uint32_t missing, unknown;
};

static void take(struct taking *t, const struct node *n) {
    if (n->data || n->adopted)
        return;
    str id = import_id(&t->known, n);
    if (id.n > 0) {
        VEC_PUSH(t->c->arena, &t->items, (struct emit_import){n, id});
        return;
    }
    const struct known_node *pair = known_pair(&t->known, n);
    if (pair == NULL || pair->have == NULL) {
        t->missing++;
        return;
    }
    t->unknown++;
    cli_err("not taken over: %s %.*s: it has no id yet\n", n->kind->title,
            STR_ARG(cli_shown(t->c, pair->have->name)));
}

static void tell(const struct taking *t) {
    cli_err("opsc: %u resource%s taken over by the next `terraform apply`", t->items.n,
            t->items.n == 1 ? " of the account is" : "s of the account are");
    if (t->missing > 0)
        cli_err("; %u %s not there, and made by it", t->missing, t->missing == 1 ? "is" : "are");
    cli_err("\n");
}

bool import_blocks(struct cli *c, struct compile_result *r, enum cli_exit *ret_status) {
    struct taking *t = ARENA_NEW(c->arena, struct taking);
    struct compared *k = &t->compared;
    t->c = c;
    if (!compared_open(c, k, ret_status) || !compared_read(k, ret_status))
        return false;
    known_init(&t->known, c->arena, k->of->graph, k->live.have, &k->options);
    for (uint32_t i = 0; i < k->of->graph->nodes.n; i++)
        take(t, k->of->graph->nodes.at[i]);
    str within = k->of->environment, path = STR("terraform/imports.tf");
    if (within.n > 0)
        path = arena_cat3(c->arena, within, STR("/"), path);
    str text = emit_import_blocks(c->arena, t->items.at, t->items.n, output_text(&r->output, path),
                                  k->of->graph, &k->of->project, &k->sources);
    output_replace(&r->output, path, text);
    tell(t);
    return true;
}
