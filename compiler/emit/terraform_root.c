/* SPDX-License-Identifier: MIT */
#include "emit/terraform_parts.h"

#include "resource/resource.h"

static void put_versions(struct terraform_file *f) {
    hcl_open(&f->h, "terraform", NULL, 0);
    terraform_kstr(&f->h, "required_version", terraform_versions(f->t));
    hcl_open(&f->h, "required_providers", NULL, 0);
    struct buf *b = hcl_attr_long(&f->h, STR("aws"));
    BUF_LIT(b, "{\n"
               "      source  = \"hashicorp/aws\"\n"
               "      version = \"" TERRAFORM_AWS_VERSIONS "\"\n"
               "    }\n");
    f->h.first = true;
    hcl_close(&f->h);
    hcl_close(&f->h);
}

static void root_versions(struct terraform *t) {
    struct terraform_file f;
    terraform_begin(&f, t, "terraform/versions.tf");
    put_versions(&f);
    terraform_end(&f);
}

static void put_default_tags(struct hcl *h, const struct value *tags) {
    hcl_open(h, "default_tags", NULL, 0);
    hcl_put_value(hcl_attr_long(h, STR("tags")), tags, h->indent);
    buf_byte(h->out, '\n');
    h->first = true;
    hcl_close(h);
}

static void put_provider(struct terraform_file *f, const char *alias, str region) {
    struct terraform *t = f->t;
    str label = STR("aws");
    hcl_open(&f->h, "provider", &label, 1);
    if (alias != NULL)
        terraform_kstr(&f->h, "alias", str_c(alias));
    terraform_kstr(&f->h, "region", region);
    if (t->p->account.n > 0) {
        struct buf *b = hcl_attr(&f->h, STR("allowed_account_ids"));
        buf_byte(b, '[');
        hcl_put_string(b, t->p->account);
        buf_byte(b, ']');
        hcl_attr_end(&f->h);
    }
    if (t->g->tags != NULL)
        put_default_tags(&f->h, t->g->tags);
    hcl_close(&f->h);
}

static void root_providers(struct terraform *t) {
    struct terraform_file f;
    terraform_begin(&f, t, "terraform/providers.tf");
    put_provider(&f, NULL, t->p->region);
    if (t->global) {
        hcl_gap(&f.h);
        hcl_comment(&f.h, STR("In us-east-1 alone live the metrics of billing, CloudFront and "
                              "Route 53, their alarms, and the log of Slack channels."));
        put_provider(&f, "us_east_1", STR(GRAPH_GLOBAL_NAME));
    }
    terraform_end(&f);
}

static void root_backend(struct terraform *t) {
    if (!t->p->backend)
        return;
    struct terraform_file f;
    str label = STR("s3");
    terraform_begin(&f, t, "terraform/backend.tf");
    hcl_open(&f.h, "terraform", NULL, 0);
    hcl_open(&f.h, "backend", &label, 1);
    terraform_kstr(&f.h, "bucket", t->p->state_bucket);
    terraform_kstr(&f.h, "key", t->p->state_key);
    terraform_kstr(&f.h, "region", t->p->state_region);
    terraform_kraw(&f.h, "encrypt", "true");
    if (t->p->state_lock)
        terraform_kraw(&f.h, "use_lockfile", "true");
    hcl_close(&f.h);
    hcl_close(&f.h);
    terraform_end(&f);
}

/* What a module is handed: of a resource in another one, that module's output. */
static void put_handed(struct buf *b, const struct graph *g, const struct value *v) {
    for (uint32_t i = 0; v->type == VALUE_REF && i < g->outputs.n; i++) {
        const struct graph_output *o = &g->outputs.at[i];
        if (o->is->type != VALUE_REF || o->is->ref.node != v->ref.node ||
            strcmp(o->is->ref.attr, v->ref.attr) != 0)
            continue;
        buf_printf(b, "module.%.*s.%.*s", STR_ARG(o->module), STR_ARG(o->name));
        return;
    }
    hcl_put_value(b, v, 1);
}

static void put_module(struct terraform_file *f, str module) {
    const struct graph *g = f->t->g;
    struct arena *a = f->t->out->arena;
    hcl_open(&f->h, "module", &module, 1);
    terraform_kstr(&f->h, "source", arena_printf(a, "./modules/%.*s", STR_ARG(module)));
    if (f->t->global) {
        BUF_LIT(hcl_attr_long(&f->h, STR("providers")), "{\n"
                                                        "    aws           = aws\n"
                                                        "    aws.us_east_1 = aws.us_east_1\n"
                                                        "  }");
        hcl_attr_long_end(&f->h);
    } else {
        hcl_gap(&f->h);
    }
    for (uint32_t i = 0; i < g->variables.n; i++) {
        const struct graph_variable *v = &g->variables.at[i];
        if (!str_eq(v->module, module))
            continue;
        struct buf *b = hcl_attr(&f->h, v->name);
        if (v->root)
            buf_printf(b, "var.%.*s", STR_ARG(v->name));
        else
            put_handed(b, g, v->is);
        hcl_attr_end(&f->h);
    }
    hcl_close(&f->h);
}

/* Blocks of import stand in the root module only. */
static void root_imports(struct terraform *t) {
    const struct graph *g = t->g;
    struct terraform_file f;
    if (g->imports.n == 0)
        return;
    terraform_begin(&f, t, "terraform/imports.tf");
    hcl_comment(&f.h, STR("What is there already is taken over, and what is not is made."));
    for (uint32_t i = 0; i < g->imports.n; i++) {
        const struct graph_import *m = &g->imports.at[i];
        const struct node *n = m->node;
        hcl_gap(&f.h);
        hcl_open(&f.h, "import", NULL, 0);
        struct buf *b = hcl_attr(&f.h, STR("for_each"));
        buf_printf(b, "toset([for name in module.%.*s.%.*s : name if name == ", STR_ARG(n->module),
                   STR_ARG(m->output));
        hcl_put_string(b, m->id);
        BUF_LIT(b, "])");
        hcl_attr_end(&f.h);
        buf_printf(hcl_attr(&f.h, STR("to")), "module.%.*s.%s.%.*s", STR_ARG(n->module),
                   n->kind->tf, STR_ARG(n->label));
        hcl_attr_end(&f.h);
        terraform_kraw(&f.h, "id", "each.value");
        hcl_close(&f.h);
    }
    terraform_end(&f);
}

static void put_import(struct hcl *h, const struct emit_import *m) {
    const struct node *n = m->node;
    hcl_gap(h);
    hcl_open(h, "import", NULL, 0);
    buf_printf(hcl_attr(h, STR("to")), "module.%.*s.%s.%.*s", STR_ARG(n->module), n->kind->tf,
               STR_ARG(n->label));
    hcl_attr_end(h);
    hcl_put_string(hcl_attr(h, STR("id")), m->id);
    hcl_attr_end(h);
    hcl_close(h);
}

str emit_import_blocks(struct arena *a, const struct emit_import *items, uint32_t n, str before,
                       const struct graph *g, const struct emit_project *p, struct sources *src) {
    struct output out;
    output_init(&out, a);
    struct terraform t = {.out = &out, .g = g, .p = p, .src = src};
    struct terraform_file f;
    terraform_begin(&f, &t, "imports.tf");
    hcl_comment(&f.h, STR("What the account has already, to be taken over by the next apply. "
                          "`opsc build` without --import-blocks takes these blocks away again."));
    for (uint32_t i = 0; i < n; i++)
        put_import(&f.h, &items[i]);
    terraform_end(&f);
    str text = out.files.at[0].text;
    if (before.n == 0)
        return text;
    /* What is before has the line that says who wrote it. */
    str_split(&text, '\n');
    return arena_cat(a, before, text);
}

void terraform_root(struct terraform *t, const str *modules, uint32_t n) {
    struct terraform_file f;
    terraform_begin(&f, t, "terraform/main.tf");
    for (uint32_t i = 0; i < n; i++)
        put_module(&f, modules[i]);
    terraform_end(&f);
    root_versions(t);
    root_providers(t);
    root_backend(t);
    root_imports(t);
    terraform_variables(t, "terraform/variables.tf", STR(""));
    terraform_outputs(t, "terraform/outputs.tf", STR(""));
}

str emit_terraform_alone(struct arena *a, const struct graph *g, const struct emit_project *p,
                         struct sources *src) {
    struct output out;
    output_init(&out, a);
    struct terraform t = {.out = &out, .g = g, .p = p, .src = src};
    struct terraform_file f;
    terraform_begin(&f, &t, "alone.tf");
    put_versions(&f);
    hcl_gap(&f.h);
    put_provider(&f, NULL, p->region);
    for (uint32_t i = 0; i < g->nodes.n; i++)
        terraform_node(&f, g->nodes.at[i]);
    terraform_put_outputs(&f, STR(""));
    terraform_end(&f);
    return out.files.at[0].text;
}
