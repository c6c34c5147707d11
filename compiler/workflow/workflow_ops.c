/* SPDX-License-Identifier: MIT */
#include "workflow/workflow_ops.h"

#include "workflow/workflow_render.h"

#define TEXT_MAX (16u << 20)

static bool has_plan(const struct workflow_environment *e) {
    return given(e->cfg->terraform.plan_role.at);
}

static uint32_t count_plans(const struct workflows *w) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < w->environments.n; i++)
        n += has_plan(&w->environments.at[i]);
    return n;
}

/* Of "arn:aws:iam::123456789012:role/name". */
static str account_of(str arn) {
    str account = {0};
    for (int i = 0; i < 5; i++)
        account = str_split(&arn, ':');
    return account;
}

/* False after a diagnostic. */
static bool check_plan(struct workflows *w, const struct workflow_environment *e) {
    const struct config *c = e->cfg;
    const struct cfg_text *role = &c->terraform.plan_role;
    str account = account_of(role->text);
    if (!given(c->terraform.state.bucket.at)) {
        struct diag *d = diag_add(w->dl, DIAG_PLAN_ROLE, role->at,
                                  "nothing says where the state of `%.*s` is, which a plan needs",
                                  STR_ARG(e->name));
        diag_hint(w->dl, d, "Add `state: { bucket: ... }` beside it: a bucket that exists.");
        return false;
    }
    if (given(c->aws.account.at) && !str_eq(account, c->aws.account.text)) {
        struct diag *d = diag_add(w->dl, DIAG_PLAN_ROLE, role->at,
                                  "`%.*s` is in the account %.*s, and this role in %.*s",
                                  STR_ARG(e->name), STR_ARG(c->aws.account.text), STR_ARG(account));
        diag_also(w->dl, d, c->aws.account.at, "the account is said here");
        diag_hint(w->dl, d, "A plan is made by a role of the account that it is about: `%s`.",
                  "arn:aws:iam::${account}:role/...");
        return false;
    }
    return true;
}

static bool check_plans(struct workflows *w) {
    bool ok = true;
    for (uint32_t i = 0; i < w->environments.n; i++) {
        if (has_plan(&w->environments.at[i]))
            ok &= check_plan(w, &w->environments.at[i]);
    }
    return ok;
}

/* ---- parts of the file */

static str render_plain(struct workflows *w, const char *name) {
    struct map values = {0};
    return workflow_render(w, name, &values);
}

static void put_entry(struct buf *out, const char *key, str value) {
    buf_text(out, key);
    tmpl_yaml(out, value);
    buf_byte(out, '\n');
}

static str matrix(struct workflows *w) {
    struct buf b = BUF_INIT(TEXT_MAX);
    for (uint32_t i = 0; i < w->environments.n; i++) {
        const struct workflow_environment *e = &w->environments.at[i];
        if (!has_plan(e))
            continue;
        put_entry(&b, "- environment: ", e->name);
        put_entry(&b, "  folder: ", arena_cat(w->a, e->folder, STR("terraform")));
        put_entry(&b, "  region: ", e->cfg->aws.region.text);
        put_entry(&b, "  account: ", account_of(e->cfg->terraform.plan_role.text));
        put_entry(&b, "  role: ", e->cfg->terraform.plan_role.text);
    }
    return buf_keep(&b, w->a);
}

/* Specs and what they include, and everything that is generated. */
static str paths(struct workflows *w, const struct output *out) {
    struct buf b = BUF_INIT(TEXT_MAX);
    struct map seen = {0};
    buf_text(&b, "- \"**.yaml\"\n- \"**.yml\"\n- " OUTPUT_MANIFEST "\n");
    if (!str_ends(w->spec, STR(".yaml")) && !str_ends(w->spec, STR(".yml")))
        put_entry(&b, "- ", w->spec);
    for (uint32_t i = 0; i < out->files.n; i++) {
        str rest = out->files.at[i].path, first = str_split(&rest, '/');
        if (map_add(w->a, &seen, first, &b) == NULL)
            put_entry(&b, "- ", rest.n > 0 ? arena_cat(w->a, first, STR("/**")) : first);
    }
    return buf_keep(&b, w->a);
}

/* The steps that run opsc: as the action that `ci.opsc` names, or as the one that variables name.
 */
static str opsc_steps(struct workflows *w) {
    const struct config *c = w->environments.at[0].cfg;
    struct map values = {0};
    bool found = given(c->ci.opsc.at);
    str uses = STR("./.opsc");
    if (found)
        uses = arena_cat(w->a, c->ci.opsc.text,
                         STR(" # zizmor: ignore[ref-version-mismatch] ci.opsc says which"));
    tmpl_set(w->a, &values, "opsc", uses);
    tmpl_set(w->a, &values, "spec", w->spec);
    str run = workflow_render(w, "ops_run.yml", &values);
    return found ? run : arena_cat(w->a, render_plain(w, "ops_find.yml"), run);
}

/* What a pull request costs, for the comment. */
static str cost_steps(struct workflows *w) {
    struct map values = {0};
    tmpl_set(w->a, &values, "spec", w->spec);
    return workflow_render(w, "ops_cost.yml", &values);
}

/* GitHub gives variables to no pull request from a fork. */
static str check_condition(const struct workflows *w) {
    if (given(w->environments.at[0].cfg->ci.opsc.at))
        return STR("");
    return STR(
        "# A pull request from a fork gets no variables, by which opsc is found; with ci.opsc "
        "in the spec it is checked too.\n"
        "if: ${{ github.event_name != 'pull_request' || "
        "github.event.pull_request.head.repo.full_name == github.repository }}");
}

static void set_plan(struct workflows *w, struct map *values) {
    struct map inner = {0};
    bool any = count_plans(w) > 0;
    str plan = {0};
    if (any) {
        tmpl_set(w->a, &inner, "matrix", matrix(w));
        plan = workflow_render(w, "ops_plan.yml", &inner);
    }
    tmpl_set(w->a, values, "plan", plan);
    tmpl_set(w->a, values, "schedule",
             any ? STR("# What was changed by hand is found within a day.\n"
                       "schedule:\n"
                       "  - cron: \"23 5 * * *\"\n")
                 : STR(""));
    tmpl_set(w->a, values, "needs", any ? STR("[check, plan]") : STR("[check]"));
    tmpl_set(w->a, values, "result", any ? STR("PLAN: ${{ needs.plan.result }}") : STR(""));
    tmpl_set(w->a, values, "download", any ? render_plain(w, "ops_download.yml") : STR(""));
}

void workflow_ops(struct workflows *w, struct output *out) {
    const struct config *c = w->environments.at[0].cfg;
    if (!given(c->ci.at) && count_plans(w) == 0)
        return;
    if (!check_plans(w) || out == NULL)
        return;
    struct map values = {0};
    tmpl_set(w->a, &values, "spec", w->spec);
    tmpl_set(w->a, &values, "branch", c->ci.branch.text.n > 0 ? c->ci.branch.text : STR("main"));
    tmpl_set(w->a, &values, "paths", paths(w, out));
    tmpl_set(w->a, &values, "opsc", opsc_steps(w));
    tmpl_set(w->a, &values, "cost", cost_steps(w));
    tmpl_set(w->a, &values, "condition", check_condition(w));
    set_plan(w, &values);
    workflow_add(w, out, "ops.yml", workflow_render(w, "ops.yml", &values));
}
