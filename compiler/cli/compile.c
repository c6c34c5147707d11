/* SPDX-License-Identifier: MIT */
#include "cli/compile.h"

#include "catalog/price_lock.h"
#include "cli/same.h"
#include "cost/cost.h"
#include "coverage/coverage.h"
#include "emit/emit.h"
#include "lower/lower.h"
#include "runbook/runbook.h"
#include "workflow/workflow.h"

#define EXPLAIN_MAX (64u << 20)

/* A spec that is compiled: what its environments have in common. */
struct compiling {
    struct arena *a;
    struct diag_list *dl;
    const struct io *io;
    const struct compile_options *opt;
    struct spec *spec;
    struct buf *explain; /* NULL: not asked */
    struct same same;
    struct workflows workflows;
    struct cost_run *cost;
    struct compile_result *ret;
};

static struct emit_project project_of(struct arena *a, const struct config *c, str file) {
    str dir = io_path_dir(file);
    const struct emit_project p = {
        .project = c->project.text,
        .environment = c->environment.text,
        .region = c->aws.region.text,
        .account = c->aws.account.text,
        .backend = given(c->terraform.state.bucket.at),
        .state_bucket = c->terraform.state.bucket.text,
        .state_key = lower_state_key(a, c),
        .state_region = lower_state_region(c),
        .state_lock = !given(c->terraform.state.lock.at) || c->terraform.state.lock.value,
        .spec = c->spec,
        .spec_dir = str_find(file, '/') == file.n ? STR("") : dir,
    };
    return p;
}

/* What all names of an environment begin with. */
static str prefix_of(struct arena *a, const struct config *c, str environment) {
    return arena_printf(a, "%.*s-%.*s-", STR_ARG(c->project.text), STR_ARG(environment));
}

/* `within`: its folder, and its name where there are several. */
static void add_graph(struct compiling *c, const struct config *cfg,
                      const struct emit_project *project, const struct graph *graph, str within) {
    struct arena *a = c->a;
    str name = cfg->project.text, environment = cfg->environment.text;
    struct compile_graph g = {
        .environment = within,
        .region = cfg->aws.region.text,
        .account = cfg->aws.account.text,
        .prefix = prefix_of(a, cfg, environment),
        .folder = arena_printf(a, "%.*s-%.*s/", STR_ARG(name), STR_ARG(environment)),
        .path = arena_printf(a, "/%.*s/%.*s/", STR_ARG(name), STR_ARG(environment)),
        .graph = graph,
        .cfg = cfg,
        .project = *project,
        .lock = {lower_lock_bucket(cfg), lower_lock_key(a, cfg), lower_lock_region(cfg)}};
    uint32_t n;
    const struct cfg_text *names = spec_environments(c->spec, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (!str_eq(names[i].text, within))
            VEC_PUSH(a, &g.others, prefix_of(a, cfg, names[i].text));
    }
    VEC_PUSH(a, &c->opt->graphs->items, g);
}

static void add_workflow(struct compiling *c, const struct config *cfg,
                         const struct lower_result *low, str folder) {
    VEC_PUSH(c->a, &c->workflows.environments,
             (struct workflow_environment){
                 .name = cfg->environment.text,
                 .folder = folder.n > 0 ? arena_cat(c->a, folder, STR("/")) : folder,
                 .cfg = cfg,
                 .delivery = low->delivery,
                 .engines = low->engines.at,
                 .nengines = low->engines.n});
}

static void add_files(struct compiling *c, const struct lower_result *low,
                      const struct emit_project *project, str folder) {
    struct output one;
    output_init(&one, c->a);
    emit_terraform(&one, low->graph, project, c->dl->sources);
    emit_files(&one, low->graph);
    if (low->runbook != NULL)
        runbook_files(c->a, low->runbook, &one);
    for (uint32_t i = 0; i < one.files.n; i++) {
        const struct output_file *f = &one.files.at[i];
        str path = folder.n > 0 ? io_path_join(c->a, folder, f->path) : f->path;
        output_add(&c->ret->output, path, f->text, f->executable);
    }
}

static void add_counts(struct compile_result *ret, const struct config *cfg,
                       const struct lower_result *low) {
    ret->ci = cfg->ci.at;
    if (low->delivery != NULL)
        ret->deploy = cfg->deploy.at;
    ret->alarms += low->alarms;
    ret->dashboards += low->dashboards;
    ret->log_groups += low->log_groups;
    ret->resources += low->resources;
    ret->budgets += low->budgets;
}

static struct config *config_of(struct compiling *c, str environment) {
    struct config *cfg = spec_config(c->spec, environment);
    if (cfg == NULL)
        return NULL;
    cfg->spec = io_path_name(c->opt->spec.file);
    cfg->prices = c->opt->prices;
    if (c->explain != NULL)
        buf_printf(c->explain, "%s%.*s %.*s\n", c->explain->n > 0 ? "\n" : "",
                   STR_ARG(cfg->project.text), STR_ARG(cfg->environment.text));
    return cfg;
}

/* One environment; its files go to `folder`, if that is not empty. `last`: the spec is not read
 * again. */
static bool compile_one(struct compiling *c, str environment, str folder, bool last) {
    const struct compile_options *opt = c->opt;
    diag_context(c->dl, folder);
    struct config *cfg = config_of(c, environment);
    if (cfg == NULL)
        return false;
    struct lower *l = lower_open(c->a, c->dl, c->io, cfg, opt->spec.file, c->explain);
    if (last)
        spec_forget_trees(c->spec);
    if (opt->coverage != NULL)
        lower_ask_coverage(l);
    /* Remembered by `same`, also for later environments. */
    struct lower_result *low = ARENA_NEW(c->a, struct lower_result);
    if (!lower_close(l, low))
        return false;
    if (opt->coverage != NULL)
        coverage_add(opt->coverage, cfg, low, folder);
    cost_add(c->cost, cfg, low);
    struct emit_project project = project_of(c->a, cfg, opt->spec.file);
    if (opt->graphs != NULL)
        add_graph(c, cfg, &project, low->graph, folder);
    same_check(c->a, c->dl, &c->same, low, folder);
    add_workflow(c, cfg, low, folder);
    if (!opt->no_output)
        add_files(c, low, &project, folder);
    add_counts(c->ret, cfg, low);
    return true;
}

/* The environment that is wanted, or all. */
static bool compile_all(struct compiling *c) {
    str wanted = c->opt->spec.environment;
    uint32_t n;
    const struct cfg_text *names = spec_environments(c->spec, &n);
    if (n == 0)
        return compile_one(c, wanted, STR(""), true);
    if (wanted.n > 0) {
        c->ret->within = arena_cat(c->a, wanted, STR("/"));
        return compile_one(c, wanted, wanted, true);
    }
    bool ok = true;
    for (uint32_t i = 0; i < n; i++)
        ok &= compile_one(c, names[i].text, names[i].text, i + 1 == n);
    return ok;
}

bool compile(struct arena *a, struct diag_list *dl, const struct io *io,
             const struct compile_options *asked, struct compile_result *ret) {
    struct compile_options opt = *asked;
    struct price_lock *lock;
    *ret = (struct compile_result){0};
    output_init(&ret->output, a);
    struct spec *spec = spec_open(a, dl, io, &opt.spec);
    if (spec == NULL)
        return false;
    if (!opt.prices_given) {
        if (!price_lock_read(a, dl, io, price_lock_path(a, opt.spec.file), &lock))
            return false;
        opt.prices = lock;
    }
    struct buf explain = BUF_INIT(EXPLAIN_MAX);
    /* Mistakes in `cost:`, and what could be saved, are told whether somebody asks what it costs or
     * not. */
    struct cost_run unasked;
    cost_init(&unasked, a, dl);
    unasked.asked = false;
    struct compiling c = {.a = a,
                          .dl = dl,
                          .io = io,
                          .opt = &opt,
                          .spec = spec,
                          .explain = opt.explain ? &explain : NULL,
                          .workflows = {.a = a, .dl = dl, .spec = opt.spec_path},
                          .cost = opt.cost != NULL ? opt.cost : &unasked,
                          .ret = ret};
    bool ok = compile_all(&c);
    diag_context(dl, STR(""));
    if (ok) {
        cost_savings(c.cost);
        cost_agree(c.cost);
    }
    if (ok && ret->within.n == 0)
        workflow_files(&c.workflows, opt.no_output ? NULL : &ret->output);
    ret->explain = buf_keep(&explain, a);
    return ok && dl->errors == 0;
}
