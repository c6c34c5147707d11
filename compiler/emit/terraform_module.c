/* SPDX-License-Identifier: MIT */
#include "emit/terraform_parts.h"

#include "resource/resource.h"

#include <stdlib.h>

#define FILES_MAX 32
#define NODE_BYTES 1100 /* about what an alarm takes */

/* Files of a module by name; main.tf is always there, as the standard structure has it. */
struct module_files {
    struct terraform_file files[FILES_MAX];
    const char *names[FILES_MAX];
    uint32_t n;
};

static struct terraform_file *file_for(struct module_files *m, struct terraform *t, str module,
                                       const char *name) {
    for (uint32_t i = 0; i < m->n; i++) {
        if (strcmp(m->names[i], name) == 0)
            return &m->files[i];
    }
    str path = arena_printf(t->out->arena, "terraform/modules/%.*s/%s", STR_ARG(module), name);
    terraform_begin(&m->files[m->n], t, (const char *)path.p);
    /* Room for all nodes: what of it is not needed is never touched, and costs nothing. */
    buf_prefer(&m->files[m->n].text, (size_t)t->g->nodes.n * NODE_BYTES);
    m->names[m->n] = name;
    return &m->files[m->n++];
}

/* Those that would stand before a node; `next` goes on over them. */
static void put_omissions(struct module_files *m, struct terraform *t, str module, uint32_t before,
                          uint32_t *next) {
    for (; *next < t->g->omissions.n && t->g->omissions.at[*next].before <= before; (*next)++) {
        const struct graph_omission *o = &t->g->omissions.at[*next];
        if (str_eq(o->module, module))
            terraform_omission(file_for(m, t, module, o->kind->file), o);
    }
}

static void module_versions(struct terraform *t, str module) {
    struct terraform_file f;
    str path = arena_printf(t->out->arena, "terraform/modules/%.*s/versions.tf", STR_ARG(module));
    terraform_begin(&f, t, (const char *)path.p);
    hcl_open(&f.h, "terraform", NULL, 0);
    terraform_kstr(&f.h, "required_version", terraform_versions(t));
    hcl_open(&f.h, "required_providers", NULL, 0);
    struct buf *b = hcl_attr_long(&f.h, STR("aws"));
    BUF_LIT(b, "{\n");
    if (t->global) {
        BUF_LIT(b, "      source                = \"hashicorp/aws\"\n"
                   "      version               = \"" TERRAFORM_AWS_VERSIONS "\"\n"
                   "      configuration_aliases = [aws.us_east_1]\n");
    } else {
        BUF_LIT(b, "      source  = \"hashicorp/aws\"\n"
                   "      version = \"" TERRAFORM_AWS_VERSIONS "\"\n");
    }
    BUF_LIT(b, "    }\n");
    f.h.first = true;
    hcl_close(&f.h);
    hcl_close(&f.h);
    terraform_end(&f);
}

void terraform_module(struct terraform *t, str module) {
    struct module_files *m = calloc(1, sizeof *m);
    if (m == NULL)
        abort();
    file_for(m, t, module, "main.tf");
    uint32_t next = 0;
    for (uint32_t i = 0; i < t->g->nodes.n; i++) {
        const struct node *n = t->g->nodes.at[i];
        put_omissions(m, t, module, i, &next);
        if (str_eq(n->module, module))
            terraform_node(file_for(m, t, module, n->kind->file), n);
    }
    put_omissions(m, t, module, t->g->nodes.n, &next);
    for (uint32_t i = 0; i < m->n; i++)
        terraform_end(&m->files[i]);
    free(m);
    str path = arena_printf(t->out->arena, "terraform/modules/%.*s/variables.tf", STR_ARG(module));
    terraform_variables(t, (const char *)path.p, module);
    path = arena_printf(t->out->arena, "terraform/modules/%.*s/outputs.tf", STR_ARG(module));
    terraform_outputs(t, (const char *)path.p, module);
    module_versions(t, module);
}

static int variable_by_name(const void *x, const void *y) {
    return str_cmp((*(const struct graph_variable *const *)x)->name,
                   (*(const struct graph_variable *const *)y)->name);
}

static int output_by_name(const void *x, const void *y) {
    return str_cmp((*(const struct graph_output *const *)x)->name,
                   (*(const struct graph_output *const *)y)->name);
}

static void put_variable(struct terraform_file *f, const struct graph_variable *v, bool root) {
    hcl_open(&f->h, "variable", &v->name, 1);
    terraform_kraw(&f->h, "type", v->type);
    terraform_kstr(&f->h, "description", str_c(v->doc));
    if (root) {
        hcl_put_value(hcl_attr(&f->h, STR("default")), v->is, 1);
        hcl_attr_end(&f->h);
    }
    terraform_kraw(&f->h, "nullable", "false");
    if (v->sensitive)
        terraform_kraw(&f->h, "sensitive", "true");
    hcl_close(&f->h);
}

void terraform_variables(struct terraform *t, const char *path, str module) {
    const struct graph *g = t->g;
    const struct graph_variable **list =
        ARENA_ARRAY(t->out->arena, const struct graph_variable *, g->variables.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < g->variables.n; i++) {
        const struct graph_variable *v = &g->variables.at[i];
        if (module.n == 0 ? v->root : str_eq(v->module, module))
            list[n++] = v;
    }
    if (n > 1)
        qsort(list, n, sizeof *list, variable_by_name);
    struct terraform_file f;
    terraform_begin(&f, t, path);
    for (uint32_t i = 0; i < n; i++)
        put_variable(&f, list[i], module.n == 0);
    terraform_end(&f);
}

static void put_output_value(struct terraform_file *f, const struct graph_output *o, bool root) {
    if (!root && hcl_value_is_long(o->is)) {
        hcl_put_value(hcl_attr_long(&f->h, STR("value")), o->is, f->h.indent);
        buf_byte(f->h.out, '\n');
        f->h.first = true;
        return;
    }
    struct buf *b = hcl_attr(&f->h, STR("value"));
    if (root)
        buf_printf(b, "module.%.*s.%.*s", STR_ARG(o->module), STR_ARG(o->name));
    else
        hcl_put_value(b, o->is, 1);
    hcl_attr_end(&f->h);
}

static void put_outputs(struct terraform_file *f, str module, bool of_root) {
    const struct graph *g = f->t->g;
    const struct graph_output **list =
        ARENA_ARRAY(f->t->out->arena, const struct graph_output *, g->outputs.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < g->outputs.n; i++) {
        const struct graph_output *o = &g->outputs.at[i];
        if (of_root ? o->root : str_eq(o->module, module))
            list[n++] = o;
    }
    if (n > 1)
        qsort(list, n, sizeof *list, output_by_name);
    for (uint32_t i = 0; i < n; i++) {
        hcl_open(&f->h, "output", &list[i]->name, 1);
        terraform_kstr(&f->h, "description", list[i]->doc);
        put_output_value(f, list[i], of_root);
        hcl_close(&f->h);
    }
}

void terraform_put_outputs(struct terraform_file *f, str module) {
    put_outputs(f, module, false);
}

void terraform_outputs(struct terraform *t, const char *path, str module) {
    struct terraform_file f;
    terraform_begin(&f, t, path);
    put_outputs(&f, module, module.n == 0);
    terraform_end(&f);
}
