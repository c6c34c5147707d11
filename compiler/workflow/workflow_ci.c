/* SPDX-License-Identifier: MIT */
#include "workflow/ci.h"
#include "workflow/workflow_render.h"

#define TEXT_MAX (16u << 20)
/* Of the name of a step that is a command. */
#define NAME_MAX_BYTES 60
#define ALL_LANGUAGES (~0u)

/* What is being written. `languages`: those that the job needs, a bit each. */
struct writer {
    struct workflows *w;
    const struct ci *ci;
    unsigned languages;
    VEC(str) jobs; /* their ids, for the one that waits for all */
    bool reports;  /* one of them may write what is shown under Security */
};

static str render(struct writer *r, const char *name, struct map *values) {
    return workflow_render(r->w, name, values);
}

static str render_plain(struct writer *r, const char *name) {
    struct map values = {0};
    return render(r, name, &values);
}

/* ---- languages */

/* `name: "3.11"`, or the matrix's, when there are several and the job tries all of them. */
static str version_line(struct writer *r, enum ci_language l, const char *key, bool matrix) {
    const struct cfg_texts *versions = ci_versions(r->ci, l);
    struct buf b = BUF_INIT(TEXT_MAX);
    buf_printf(&b, "%s: ", key);
    if (matrix && versions->n > 1)
        buf_printf(&b, "${{ matrix.%s }}", ci_languages[l].name);
    else
        tmpl_yaml(&b, versions->items[versions->n - 1].text);
    return buf_keep(&b, r->w->a);
}

static bool needs_language(const struct writer *r, enum ci_language l) {
    return ci_versions(r->ci, l)->n > 0 && (r->languages >> l & 1) != 0;
}

static str setup(struct writer *r, bool matrix) {
    struct buf b = BUF_INIT(TEXT_MAX);
    buf_put(&b, render_plain(r, "checkout.yml"));
    for (uint32_t l = 0; l < CI_LANGUAGES; l++) {
        if (!needs_language(r, l))
            continue;
        struct map values = {0};
        if (ci_languages[l].input != NULL)
            tmpl_set(r->w->a, &values, "version",
                     version_line(r, l, ci_languages[l].input, matrix));
        buf_put(&b, render(r, ci_languages[l].setup, &values));
    }
    return buf_keep(&b, r->w->a);
}

/* The start of a command, as the name of its step. */
static str command_name(struct writer *r, str command) {
    str rest = str_trim(command), line = str_trim(str_split(&rest, '\n'));
    str cut = utf8_cut(line, NAME_MAX_BYTES);
    return cut.n < line.n || rest.n > 0 ? arena_cat(r->w->a, cut, STR(" ...")) : cut;
}

static void put_step(struct writer *r, struct buf *out, str name, str condition, str run) {
    struct map values = {0};
    tmpl_set(r->w->a, &values, "name", name);
    tmpl_set(r->w->a, &values, "condition", condition);
    tmpl_set(r->w->a, &values, "run", run);
    buf_put(out, render(r, "ci_step.yml", &values));
}

static void put_install(struct writer *r, struct buf *out) {
    const struct cfg_texts *own = &r->ci->cfg->ci.install;
    for (uint32_t i = 0; i < own->n; i++)
        put_step(r, out, command_name(r, own->items[i].text), STR(""), own->items[i].text);
    for (uint32_t l = 0; l < CI_LANGUAGES && !given(own->at); l++) {
        if (needs_language(r, l) && ci_languages[l].install != NULL)
            buf_put(out, render_plain(r, ci_languages[l].install));
    }
}

/* ---- the environment of a job */

static bool has_variable(const struct cfg_pairs *env, str name) {
    for (uint32_t i = 0; i < env->n; i++) {
        if (str_eq(env->items[i].key.text, name))
            return true;
    }
    return false;
}

static void put_variable(struct buf *out, str name, str value) {
    buf_printf(out, "  %.*s: ", STR_ARG(name));
    tmpl_yaml(out, value);
    buf_byte(out, '\n');
}

static void put_pairs(struct buf *out, const struct cfg_pairs *env) {
    for (uint32_t i = 0; i < env->n; i++)
        put_variable(out, env->items[i].key.text, env->items[i].value.text);
}

/* Those of a service that nobody gave, and that no service before it has. */
static void put_service_variables(struct writer *r, struct buf *out, const struct ci_test *t,
                                  struct map *seen, const struct ci_service *s) {
    str lines = str_c(s->variables);
    while (lines.n > 0) {
        str value = str_split(&lines, '\n'), name = str_split(&value, '=');
        if (!has_variable(&r->ci->cfg->ci.env, name) && !has_variable(&t->cfg->env, name) &&
            map_add(r->w->a, seen, name, out) == NULL)
            put_variable(out, name, value);
    }
}

/* `env:` of a job, or nothing. */
static str job_env(struct writer *r, const struct ci_test *t, bool matrix) {
    struct buf b = BUF_INIT(TEXT_MAX);
    struct map seen = {0};
    if (needs_language(r, CI_RUST)) {
        buf_text(&b, "  ");
        buf_put(&b, version_line(r, CI_RUST, "RUSTUP_TOOLCHAIN", matrix));
        buf_byte(&b, '\n');
    }
    for (uint32_t i = 0; t != NULL && i < t->services.n; i++)
        put_service_variables(r, &b, t, &seen, t->services.at[i].service);
    if (t != NULL)
        put_pairs(&b, &t->cfg->env);
    str lines = buf_keep(&b, r->w->a);
    return lines.n > 0 ? arena_cat(r->w->a, STR("env:\n"), lines) : lines;
}

/* ---- tests */

/* `strategy:`, when a language has several versions. */
static str strategy(struct writer *r) {
    struct buf b = BUF_INIT(TEXT_MAX);
    for (uint32_t l = 0; l < CI_LANGUAGES; l++) {
        const struct cfg_texts *versions = ci_versions(r->ci, l);
        if (versions->n < 2)
            continue;
        if (b.n == 0)
            buf_text(&b, "strategy:\n  fail-fast: false\n  matrix:\n");
        buf_printf(&b, "    %s: [", ci_languages[l].name);
        for (uint32_t i = 0; i < versions->n; i++) {
            buf_text(&b, i > 0 ? ", " : "");
            tmpl_yaml(&b, versions->items[i].text);
        }
        buf_text(&b, "]\n");
    }
    return buf_keep(&b, r->w->a);
}

/* "name: Test unit (Python ${{ matrix.python }})" */
static str test_name(struct writer *r, const struct ci_test *t) {
    struct buf b = BUF_INIT(TEXT_MAX);
    uint32_t n = 0;
    buf_printf(&b, "name: Test %.*s", STR_ARG(t->cfg->name.text));
    for (uint32_t l = 0; l < CI_LANGUAGES; l++) {
        if (ci_versions(r->ci, l)->n > 1)
            buf_printf(&b, "%s%s ${{ matrix.%s }}", n++ > 0 ? ", " : " (", ci_languages[l].title,
                       ci_languages[l].name);
    }
    buf_text(&b, n > 0 ? ")" : "");
    return buf_keep(&b, r->w->a);
}

static str services(struct writer *r, const struct ci_test *t) {
    struct buf b = BUF_INIT(TEXT_MAX), all = BUF_INIT(TEXT_MAX);
    for (uint32_t i = 0; i < t->services.n; i++) {
        struct map values = {0};
        tmpl_set(r->w->a, &values, "image", t->services.at[i].image);
        buf_put(&b, render(r, t->services.at[i].service->text, &values));
    }
    if (b.n > 0) {
        struct map values = {0};
        tmpl_set(r->w->a, &values, "services", buf_keep(&b, r->w->a));
        tmpl_render(&all, STR("services:\n  {{services|block}}"), &values);
    }
    buf_done(&b);
    return buf_keep(&all, r->w->a);
}

static void put_test(struct writer *r, struct buf *out, const struct ci_test *t) {
    struct arena *a = r->w->a;
    struct map values = {0};
    struct buf install = BUF_INIT(TEXT_MAX);
    str id = arena_printf(a, "test-%.*s", STR_ARG(t->cfg->name.text));
    r->languages = ALL_LANGUAGES;
    put_install(r, &install);
    tmpl_set(a, &values, "id", id);
    tmpl_set(a, &values, "name", test_name(r, t));
    tmpl_set(a, &values, "timeout",
             arena_printf(a, "timeout-minutes: %lld", (long long)t->minutes));
    tmpl_set(a, &values, "strategy", strategy(r));
    tmpl_set(a, &values, "services", services(r, t));
    tmpl_set(a, &values, "env", job_env(r, t, true));
    tmpl_set(a, &values, "setup", setup(r, true));
    tmpl_set(a, &values, "install", buf_keep(&install, a));
    tmpl_set(a, &values, "run", t->cfg->run.text);
    buf_put(out, render(r, "ci_test.yml", &values));
    VEC_PUSH(a, &r->jobs, id);
}

/* ---- quality and security */

struct checks {
    const struct ci_check *at;
    uint32_t n;
};

/* What the tools themselves are: one step for what pip installs, and a line of each other. */
static str tool_install(struct writer *r, struct checks c) {
    struct buf pip = BUF_INIT(TEXT_MAX), b = BUF_INIT(TEXT_MAX);
    struct map seen = {0};
    for (uint32_t i = 0; i < c.n; i++) {
        const struct ci_tool *t = c.at[i].tool;
        if (t != NULL && t->package != NULL &&
            map_add(r->w->a, &seen, str_c(t->package), &pip) == NULL) {
            buf_byte(&pip, ' ');
            buf_text(&pip, strchr(t->package, '[') != NULL ? "'" : "");
            buf_text(&pip, t->package);
            buf_text(&pip, strchr(t->package, '[') != NULL ? "'" : "");
        }
    }
    if (pip.n > 0) {
        BUF_LIT(&b, "python -m pip install --disable-pip-version-check");
        buf_put(&b, buf_str(&pip));
    }
    buf_done(&pip);
    for (uint32_t i = 0; i < c.n; i++) {
        if (c.at[i].tool != NULL && c.at[i].tool->install != NULL)
            buf_printf(&b, "%s%s", b.n > 0 ? "\n" : "", c.at[i].tool->install);
    }
    return buf_keep(&b, r->w->a);
}

static str checks_install(struct writer *r, struct checks c) {
    struct buf b = BUF_INIT(TEXT_MAX);
    bool dependencies = false;
    for (uint32_t i = 0; i < c.n; i++)
        dependencies |= c.at[i].tool == NULL || c.at[i].tool->dependencies;
    if (dependencies)
        put_install(r, &b);
    str tools = tool_install(r, c);
    if (tools.n > 0)
        put_step(r, &b, STR("Install the tools"), STR(""), tools);
    return buf_keep(&b, r->w->a);
}

/* SARIF goes to GitHub also when the step before it failed. */
static void put_upload(struct writer *r, struct buf *out, const char *name) {
    struct arena *a = r->w->a;
    struct map values = {0};
    tmpl_set(a, &values, "name", arena_printf(a, "Show what %s found under Security", name));
    tmpl_set(a, &values, "condition",
             arena_printf(a,
                          "if: ${{ !cancelled() && hashFiles('%s.sarif') != '' && "
                          "(github.event_name == 'push' || "
                          "github.event.pull_request.head.repo.full_name == github.repository) && "
                          "(!github.event.repository.private || vars.CODE_SECURITY == 'true') }}",
                          name));
    tmpl_set(a, &values, "with", arena_printf(a, "sarif_file: %s.sarif\ncategory: %s", name, name));
    buf_put(out, render(r, "ci_upload.yml", &values));
}

/*
 * A step for each: one that fails does not keep the next from being heard. When what is before them
 * fails, the first is skipped, and so are the others.
 */
static str check_steps(struct writer *r, struct checks c) {
    struct buf b = BUF_INIT(TEXT_MAX);
    for (uint32_t i = 0; i < c.n; i++) {
        const struct ci_tool *t = c.at[i].tool;
        str condition = c.n == 1 ? STR("")
                        : i == 0
                            ? STR("id: first")
                            : STR("if: ${{ !cancelled() && steps.first.outcome != 'skipped' }}");
        str run = t != NULL ? str_c(t->command) : c.at[i].command;
        if (t != NULL && t->report != NULL)
            run = arena_printf(r->w->a, "%s\n%s\n", t->report, t->command);
        put_step(r, &b, t != NULL ? str_c(t->name) : command_name(r, c.at[i].command), condition,
                 run);
        if (t != NULL && t->report != NULL)
            put_upload(r, &b, t->name);
    }
    return buf_keep(&b, r->w->a);
}

static void put_checks(struct writer *r, struct buf *out, struct checks c, const char *id,
                       const char *title) {
    struct arena *a = r->w->a;
    struct map values = {0};
    bool reports = false;
    r->languages = 0;
    for (uint32_t i = 0; i < c.n; i++) {
        reports |= c.at[i].tool != NULL && c.at[i].tool->report != NULL;
        r->languages |= c.at[i].tool != NULL ? 1u << c.at[i].tool->language : ALL_LANGUAGES;
    }
    if (c.n == 0)
        return;
    r->reports |= reports;
    tmpl_set(a, &values, "id", str_c(id));
    tmpl_set(a, &values, "name", arena_printf(a, "name: %s", title));
    tmpl_set(a, &values, "permissions", reports ? STR(CI_REPORT_PERMISSIONS) : STR(""));
    tmpl_set(a, &values, "env", job_env(r, NULL, false));
    tmpl_set(a, &values, "setup", setup(r, false));
    tmpl_set(a, &values, "install", checks_install(r, c));
    tmpl_set(a, &values, "checks", check_steps(r, c));
    buf_put(out, render(r, "ci_checks.yml", &values));
    VEC_PUSH(a, &r->jobs, str_c(id));
}

/* ---- the whole */

static str jobs(struct writer *r) {
    const struct ci *c = r->ci;
    struct buf b = BUF_INIT(TEXT_MAX);
    for (uint32_t i = 0; i < c->tests.n; i++)
        put_test(r, &b, &c->tests.at[i]);
    put_checks(r, &b, (struct checks){c->quality.at, c->quality.n}, "quality", "Quality");
    put_checks(r, &b, (struct checks){c->security.at, c->security.n}, "security", "Security");
    if (c->review) {
        buf_put(&b, render_plain(r, "ci_review.yml"));
        VEC_PUSH(r->w->a, &r->jobs, STR(CI_REVIEW));
    }
    return buf_keep(&b, r->w->a);
}

static str needs(struct writer *r) {
    struct buf b = BUF_INIT(TEXT_MAX);
    BUF_LIT(&b, "needs: [");
    for (uint32_t i = 0; i < r->jobs.n; i++)
        buf_printf(&b, "%s%.*s", i > 0 ? ", " : "", STR_ARG(r->jobs.at[i]));
    BUF_LIT(&b, "]");
    return buf_keep(&b, r->w->a);
}

/* A review has nothing to look at but in a pull request. */
static str verdict(const struct ci *c) {
    return c->review ? STR("jq --exit-status 'to_entries | all(.value.result == \"success\" or\n"
                           "  (.key == \"" CI_REVIEW "\" and .value.result == \"skipped\"))' "
                           "<<<\"${NEEDS}\" >/dev/null")
                     : STR("jq --exit-status 'all(.[]; .result == \"success\")' <<<\"${NEEDS}\" "
                           ">/dev/null");
}

static str whole_env(struct writer *r) {
    struct buf b = BUF_INIT(TEXT_MAX);
    const struct cfg_pairs *env = &r->ci->cfg->ci.env;
    if (env->n > 0) {
        BUF_LIT(&b, "env:\n");
        put_pairs(&b, env);
        buf_byte(&b, '\n');
    }
    return buf_keep(&b, r->w->a);
}

/* Whether deploy.yml has it run for this branch, before it deploys. */
static bool is_deployed(const struct workflows *w, str branch) {
    for (uint32_t i = 0; i < w->environments.n; i++) {
        const struct delivery *d = w->environments.at[i].delivery;
        if (d != NULL && str_eq(d->branch, branch))
            return true;
    }
    return false;
}

/* When it runs, but for pull requests; no branch is tested twice. */
static str triggers(struct writer *r, str branch) {
    struct buf b = BUF_INIT(TEXT_MAX);
    bool called = false;
    for (uint32_t i = 0; i < r->w->environments.n; i++)
        called |= r->w->environments.at[i].delivery != NULL;
    if (!is_deployed(r->w, branch)) {
        BUF_LIT(&b, "push:\n  branches:\n    - ");
        tmpl_yaml(&b, branch);
        buf_byte(&b, '\n');
    }
    if (called)
        BUF_LIT(&b, "# By deploy.yml, before it deploys what was pushed.\nworkflow_call:\n");
    return buf_keep(&b, r->w->a);
}

struct ci_file workflow_ci(struct workflows *w, struct output *out) {
    struct ci c;
    const struct config *cfg = w->environments.at[0].cfg;
    if (!given(cfg->ci.at) || !ci_bind(w, cfg, &c) || out == NULL || ci_is_empty(&c))
        return (struct ci_file){0};
    struct writer r = {.w = w, .ci = &c};
    struct map values = {0};
    tmpl_set(w->a, &values, "triggers",
             triggers(&r, given(cfg->ci.branch.at) ? cfg->ci.branch.text : STR("main")));
    tmpl_set(w->a, &values, "env", whole_env(&r));
    tmpl_set(w->a, &values, "jobs", jobs(&r));
    tmpl_set(w->a, &values, "needs", needs(&r));
    tmpl_set(w->a, &values, "verdict", verdict(&c));
    workflow_add(w, out, "ci.yml", render(&r, "ci.yml", &values));
    return (struct ci_file){.is_there = true, .reports = r.reports};
}
