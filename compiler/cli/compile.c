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

/* The last part of a path. */
static str base_name(str path) {
    for (uint32_t i = path.n; i > 0; i--) {
        if (path.p[i - 1] == '/')
            return str_sub(path, i, path.n);
    }
    return path;
}

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
static void add_graph(struct arena *a, struct compile_graphs *to, const struct spec *spec,
                      const struct config *c, const struct emit_project *project,
                      const struct graph *graph, str within) {
    struct compile_graph g = {
        .environment = within,
        .region = c->aws.region.text,
        .account = c->aws.account.text,
        .prefix = prefix_of(a, c, c->environment.text),
        .folder =
            arena_printf(a, "%.*s-%.*s/", STR_ARG(c->project.text), STR_ARG(c->environment.text)),
        .path =
            arena_printf(a, "/%.*s/%.*s/", STR_ARG(c->project.text), STR_ARG(c->environment.text)),
        .graph = graph,
        .cfg = c,
        .project = *project,
        .lock = {lower_lock_bucket(c), lower_lock_key(a, c), lower_lock_region(c)}};
    uint32_t n;
    const struct cfg_text *names = spec_environments(spec, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (!str_eq(names[i].text, within))
            VEC_PUSH(a, &g.others, prefix_of(a, c, names[i].text));
    }
    VEC_PUSH(a, &to->items, g);
}

/* One environment; its files go below `prefix`. `last`: the spec is not read again. */
static bool compile_one(struct arena *a, struct diag_list *dl, const struct io *io,
                        const struct compile_options *opt, struct spec *spec, str environment,
                        str prefix, bool last, struct buf *explain, struct compile_result *ret,
                        struct same *same, struct workflows *workflows, struct cost_run *cost) {
    diag_context(dl, prefix);
    struct config *c = spec_config(spec, environment);
    if (c == NULL)
        return false;
    c->spec = base_name(opt->spec.file);
    c->prices = opt->prices;
    /* Remembered by `same`, also for later environments. */
    struct lower_result *low = ARENA_NEW(a, struct lower_result);
    if (explain != NULL)
        buf_printf(explain, "%s%.*s %.*s\n", explain->n > 0 ? "\n" : "", STR_ARG(c->project.text),
                   STR_ARG(c->environment.text));
    struct lower *l = lower_open(a, dl, io, c, opt->spec.file, explain);
    if (last)
        spec_forget_trees(spec);
    if (opt->coverage != NULL)
        lower_ask_coverage(l);
    if (!lower_close(l, low))
        return false;
    if (opt->coverage != NULL)
        coverage_add(opt->coverage, c, low, prefix);
    cost_add(cost, c, low);
    struct emit_project p = project_of(a, c, opt->spec.file);
    if (opt->graphs != NULL)
        add_graph(a, opt->graphs, spec, c, &p, low->graph, prefix);
    same_check(a, dl, same, low, prefix);
    VEC_PUSH(a, &workflows->environments,
             (struct workflow_environment){.name = c->environment.text,
                                           .folder = prefix.n > 0 ? arena_cat(a, prefix, STR("/"))
                                                                  : prefix,
                                           .cfg = c,
                                           .delivery = low->delivery,
                                           .engines = low->engines.at,
                                           .nengines = low->engines.n});
    struct output one;
    output_init(&one, a);
    if (!opt->no_output) {
        emit_terraform(&one, low->graph, &p, dl->sources);
        emit_files(&one, low->graph);
        if (low->runbook != NULL)
            runbook_files(a, low->runbook, &one);
    }
    for (uint32_t i = 0; i < one.files.n; i++) {
        const struct output_file *f = &one.files.at[i];
        str path = prefix.n > 0 ? io_path_join(a, prefix, f->path) : f->path;
        output_add(&ret->output, path, f->text, f->executable);
    }
    ret->ci = c->ci.at;
    if (low->delivery != NULL)
        ret->deploy = c->deploy.at;
    ret->alarms += low->alarms;
    ret->dashboards += low->dashboards;
    ret->log_groups += low->log_groups;
    ret->resources += low->resources;
    ret->budgets += low->budgets;
    return true;
}

bool compile(struct arena *a, struct diag_list *dl, const struct io *io,
             const struct compile_options *asked, struct compile_result *ret) {
    struct compile_options with_prices = *asked, *opt = &with_prices;
    struct price_lock *lock;
    *ret = (struct compile_result){0};
    output_init(&ret->output, a);
    struct spec *spec = spec_open(a, dl, io, &opt->spec);
    if (spec == NULL)
        return false;
    if (!opt->prices_given) {
        if (!price_lock_read(a, dl, io, price_lock_path(a, opt->spec.file), &lock))
            return false;
        opt->prices = lock;
    }
    struct buf explain = BUF_INIT(EXPLAIN_MAX);
    struct buf *e = opt->explain ? &explain : NULL;
    uint32_t n;
    const struct cfg_text *names = spec_environments(spec, &n);
    bool ok = true;
    struct same same = {0};
    struct workflows workflows = {.a = a, .dl = dl, .spec = opt->spec_path};
    /* Mistakes in `cost:`, and what could be saved, are told whether somebody asks what it costs or
     * not. */
    struct cost_run unasked, *cost = opt->cost;
    if (cost == NULL) {
        cost = &unasked;
        cost_init(cost, a, dl);
        cost->asked = false;
    }
    str wanted = opt->spec.environment;
    if (n == 0) {
        ok = compile_one(a, dl, io, opt, spec, wanted, STR(""), true, e, ret, &same, &workflows,
                         cost);
    } else if (wanted.n > 0) {
        ret->within = arena_cat(a, wanted, STR("/"));
        ok = compile_one(a, dl, io, opt, spec, wanted, wanted, true, e, ret, &same, &workflows,
                         cost);
    } else {
        for (uint32_t i = 0; i < n; i++)
            ok &= compile_one(a, dl, io, opt, spec, names[i].text, names[i].text, i + 1 == n, e,
                              ret, &same, &workflows, cost);
    }
    diag_context(dl, STR(""));
    if (ok) {
        cost_savings(cost);
        cost_agree(cost);
    }
    if (ok && ret->within.n == 0)
        workflow_files(&workflows, opt->no_output ? NULL : &ret->output);
    ret->explain = buf_keep(&explain, a);
    return ok && dl->errors == 0;
}
