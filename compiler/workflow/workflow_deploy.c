/* SPDX-License-Identifier: MIT */
#include "workflow/deploy.h"
#include "workflow/workflow_render.h"

#define TEXT_MAX (16u << 20)

/* A run that did not get to the hosts has nothing to take back. */
#define UNDO_CONDITION "if: (failure() || cancelled()) && steps.hosts.outcome != 'skipped'"

/* An image, made once for all environments that get it. */
struct build {
    const struct workflow_environment *first;
    str id; /* of its job */
};

struct writer {
    struct workflows *w;
    VEC(struct build) builds;
    const struct ci_file *ci; /* comes before all else, when it is there */
};

static str render(struct writer *r, const char *name, struct map *values) {
    return workflow_render(r->w, name, values);
}

static void set(struct writer *r, struct map *values, const char *name, str text) {
    tmpl_set(r->w->a, values, name, text);
}

static str checkout(struct writer *r) {
    struct map values = {0};
    return render(r, "checkout.yml", &values);
}

/* ---- environments */

/* The one that has the image before all others. */
static const struct workflow_environment *first_of(const struct workflows *w,
                                                   const struct workflow_environment *e) {
    while (given(e->delivery->cfg->after.at))
        e = workflow_find(w, e->delivery->cfg->after.text);
    return e;
}

/* How many are before it. */
static uint32_t depth_of(const struct workflows *w, const struct workflow_environment *e) {
    uint32_t depth = 0;
    for (; given(e->delivery->cfg->after.at); depth++)
        e = workflow_find(w, e->delivery->cfg->after.text);
    return depth;
}

static bool same_build(struct writer *r, const struct delivery *a, const struct delivery *b) {
    return str_eq(a->branch, b->branch) && a->arm == b->arm &&
           str_eq(workflow_image(r->w, a), workflow_image(r->w, b)) &&
           str_eq(a->cfg->dockerfile.text, b->cfg->dockerfile.text) &&
           str_eq(a->cfg->context.text, b->cfg->context.text);
}

static const struct build *build_of(struct writer *r, const struct workflow_environment *e) {
    const struct workflow_environment *first = first_of(r->w, e);
    for (uint32_t i = 0; i < r->builds.n; i++) {
        if (same_build(r, r->builds.at[i].first->delivery, first->delivery))
            return &r->builds.at[i];
    }
    return NULL;
}

static void find_builds(struct writer *r) {
    for (uint32_t i = 0; i < r->w->environments.n; i++) {
        const struct workflow_environment *e = &r->w->environments.at[i];
        if (e->delivery != NULL && build_of(r, e) == NULL)
            VEC_PUSH(r->w->a, &r->builds, (struct build){.first = first_of(r->w, e)});
    }
    for (uint32_t i = 0; i < r->builds.n; i++) {
        struct build *b = &r->builds.at[i];
        b->id = r->builds.n == 1 ? STR("build") : arena_cat(r->w->a, STR("build-"), b->first->name);
    }
}

/* Whether another build makes other images of the same name. */
static bool shares_image(struct writer *r, const struct build *b) {
    const struct delivery *d = b->first->delivery;
    for (uint32_t i = 0; i < r->builds.n; i++) {
        const struct delivery *other = r->builds.at[i].first->delivery;
        if (str_eq(workflow_image(r->w, other), workflow_image(r->w, d)) &&
            !(other->arm == d->arm &&
              str_eq(other->cfg->dockerfile.text, d->cfg->dockerfile.text) &&
              str_eq(other->cfg->context.text, d->cfg->context.text)))
            return true;
    }
    return false;
}

/* ---- jobs that build */

/* A step that takes a role; `condition` is a line of it, or empty. */
static str take_role(struct writer *r, const struct delivery *d, str role, str region,
                     int64_t session_s, str condition) {
    struct map values = {0};
    if (role.n == 0)
        return STR("");
    set(r, &values, "role",
        arena_printf(r->w->a, "arn:%.*s:iam::%.*s:role/%.*s", STR_ARG(d->partition),
                     STR_ARG(d->account), STR_ARG(role)));
    set(r, &values, "region", region);
    set(r, &values, "account", d->account);
    set(r, &values, "audience", d->audience);
    set(r, &values, "session",
        arena_printf(r->w->a, "role-duration-seconds: %lld", (long long)session_s));
    set(r, &values, "condition", condition);
    return render(r, "deploy_role.yml", &values);
}

static str log_in(struct writer *r, const struct delivery *d) {
    struct map values = {0};
    if (d->registry.n == 0) {
        set(r, &values, "registry",
            d->image_host.n > 0
                ? arena_printf(r->w->a, "registry: \"%.*s\"", STR_ARG(d->image_host))
                : STR(""));
        return render(r, "deploy_docker_hub.yml", &values);
    }
    set(r, &values, "account", d->registry_account);
    return arena_cat(
        r->w->a,
        take_role(r, d, d->build_role, d->registry_region, DELIVERY_BUILD_SESSION_S, STR("")),
        render(r, "deploy_ecr.yml", &values));
}

static str permission(bool aws) {
    return aws ? STR("# The role in AWS is given to who can show this token.\nid-token: write")
               : STR("");
}

/* `key`: the image with its tag. */
static str image_line(struct writer *r, const struct build *b, const char *key) {
    struct buf out = BUF_INIT(TEXT_MAX);
    buf_printf(&out, "%s: ", key);
    buf_put(&out, workflow_image(r->w, b->first->delivery));
    buf_text(&out, ":${{ github.sha }}");
    if (shares_image(r, b))
        buf_printf(&out, "-%.*s", STR_ARG(b->first->name));
    return buf_keep(&out, r->w->a);
}

static void put_build(struct writer *r, struct buf *out, const struct build *b) {
    struct arena *a = r->w->a;
    const struct delivery *d = b->first->delivery;
    struct map values = {0};
    bool one = r->builds.n == 1;
    set(r, &values, "id", b->id);
    set(r, &values, "name", one ? STR("Build") : arena_cat(a, STR("Build for "), b->first->name));
    set(r, &values, "needs", r->ci->is_there ? STR("needs: [ci]") : STR(""));
    set(r, &values, "condition",
        arena_printf(a, "if: github.ref == 'refs/heads/%.*s'", STR_ARG(d->branch)));
    /* On a machine like the hosts: what is built runs there, and nothing is emulated. */
    set(r, &values, "runner", d->arm ? STR("ubuntu-24.04-arm") : STR("ubuntu-24.04"));
    set(r, &values, "environment", STR(DELIVERY_BUILD));
    set(r, &values, "permissions", permission(d->build_role.n > 0));
    set(r, &values, "checkout", checkout(r));
    set(r, &values, "login", log_in(r, d));
    set(r, &values, "context", given(d->cfg->context.at) ? d->cfg->context.text : STR("."));
    struct buf file = BUF_INIT(TEXT_MAX);
    if (given(d->cfg->dockerfile.at)) {
        buf_text(&file, "file: ");
        tmpl_yaml(&file, d->cfg->dockerfile.text);
    }
    set(r, &values, "file", buf_keep(&file, a));
    set(r, &values, "image", image_line(r, b, "IMAGE"));
    set(r, &values, "tags", image_line(r, b, "tags"));
    buf_put(out, render(r, "deploy_build.yml", &values));
}

/* ---- jobs that deploy and roll back */

static void put_env(struct buf *b, const char *name, const char *from) {
    buf_printf(b, "%s: ${{ %s }}\n", name, from);
}

/* How the hosts are reached. */
static void put_reach(struct buf *b, const struct delivery *d, bool login) {
    if (d->cfg->via.value == CFG_VIA_SSM)
        return;
    put_env(b, "DEPLOY_SSH_KEY", "secrets.DEPLOY_SSH_KEY");
    put_env(b, "DEPLOY_KNOWN_HOSTS", "vars.DEPLOY_KNOWN_HOSTS");
    if (login && d->registry.n == 0) {
        put_env(b, "DEPLOY_REGISTRY_USER", "secrets.DEPLOY_REGISTRY_USER");
        put_env(b, "DEPLOY_REGISTRY_PASSWORD", "secrets.DEPLOY_REGISTRY_PASSWORD");
    }
    for (uint32_t i = 0; i < d->nhosts; i++) {
        const struct delivery_host *h = &d->hosts[i];
        if (h->address.n == 0)
            buf_printf(b, "%.*s: ${{ vars.%.*s }}\n", STR_ARG(h->variable), STR_ARG(h->variable));
    }
}

static str job_timeout(struct writer *r, const struct delivery *d) {
    return arena_printf(r->w->a, "timeout-minutes: %lld", (long long)d->job_minutes);
}

/* What both kinds have in common; `action` is what the script is told. */
static void set_job(struct writer *r, struct map *values, const struct workflow_environment *e,
                    const char *action) {
    struct arena *a = r->w->a;
    const struct delivery *d = e->delivery;
    const char *end = "--state \"${RUNNER_TEMP}/deploy.state\"";
    str script = workflow_runner_path(r->w, e);
    struct buf undo_env = BUF_INIT(TEXT_MAX);
    set(r, values, "timeout", job_timeout(r, d));
    set(r, values, "environment", e->name);
    set(r, values, "group", arena_cat(a, STR("deploy-"), e->name));
    set(r, values, "permissions", permission(d->role.n > 0));
    set(r, values, "checkout", checkout(r));
    set(r, values, "role", take_role(r, d, d->role, d->region, d->session_s, STR("")));
    set(r, values, "role_again",
        take_role(r, d, d->role, d->region, d->session_s, STR(UNDO_CONDITION)));
    set(r, values, "undo_condition", STR(UNDO_CONDITION));
    set(r, values, "run", arena_printf(a, "exec bash %.*s %s %s", STR_ARG(script), action, end));
    set(r, values, "undo", arena_printf(a, "exec bash %.*s undo %s", STR_ARG(script), end));
    put_reach(&undo_env, d, false);
    struct map lines = {0};
    struct buf env = BUF_INIT(TEXT_MAX);
    if (undo_env.n > 0) {
        set(r, &lines, "lines", buf_keep(&undo_env, a));
        tmpl_render(&env, STR("env:\n  {{lines|block}}"), &lines);
    }
    set(r, values, "undo_env", buf_keep(&env, a));
}

static void put_deploy(struct writer *r, struct buf *out, const struct workflow_environment *e) {
    struct arena *a = r->w->a;
    const struct delivery *d = e->delivery;
    str build = build_of(r, e)->id, image = workflow_image(r->w, d);
    struct map values = {0};
    struct buf env = BUF_INIT(TEXT_MAX);
    set_job(r, &values, e, "deploy --image \"${IMAGE}@${DIGEST}\" --release \"${RELEASE}\"");
    set(r, &values, "id", arena_cat(a, STR("deploy-"), e->name));
    set(r, &values, "name", arena_cat(a, STR("Deploy to "), e->name));
    set(r, &values, "needs",
        given(d->cfg->after.at) ? arena_printf(a, "needs: [%.*s, deploy-%.*s]", STR_ARG(build),
                                               STR_ARG(d->cfg->after.text))
                                : arena_printf(a, "needs: [%.*s]", STR_ARG(build)));
    set(r, &values, "condition", STR(""));
    set(r, &values, "first", STR(""));
    set(r, &values, "step", STR("Deploy"));
    buf_text(&env, "IMAGE: ");
    tmpl_yaml(&env, image);
    buf_printf(&env, "\nDIGEST: ${{ needs.%.*s.outputs.digest }}\n", STR_ARG(build));
    put_env(&env, "RELEASE", "github.sha");
    put_reach(&env, d, true);
    set(r, &values, "env", buf_keep(&env, a));
    buf_put(out, render(r, "deploy_job.yml", &values));
}

static void put_rollback(struct writer *r, struct buf *out, const struct workflow_environment *e) {
    struct arena *a = r->w->a;
    struct map values = {0}, none = {0};
    struct buf env = BUF_INIT(TEXT_MAX);
    set_job(r, &values, e, "rollback ${RELEASE:+--release \"${RELEASE}\"}");
    set(r, &values, "id", e->name);
    set(r, &values, "name", arena_cat(a, STR("Roll back "), e->name));
    set(r, &values, "needs", STR(""));
    set(r, &values, "condition",
        arena_printf(a, "if: inputs.environment == '%.*s'", STR_ARG(e->name)));
    set(r, &values, "first", render(r, "rollback_check.yml", &none));
    set(r, &values, "step", STR("Roll back"));
    put_env(&env, "RELEASE", "inputs.release");
    put_reach(&env, e->delivery, false);
    set(r, &values, "env", buf_keep(&env, a));
    buf_put(out, render(r, "deploy_job.yml", &values));
}

/* ---- the files */

static str without_end(struct workflows *w, struct buf *b) {
    str text = buf_keep(b, w->a);
    return str_ends(text, STR("\n\n")) ? str_sub(text, 0, text.n - 1) : text;
}

/* "- main", a line for each branch that deploys. */
static str branches(struct writer *r) {
    struct buf b = BUF_INIT(TEXT_MAX);
    struct map seen = {0};
    for (uint32_t i = 0; i < r->builds.n; i++) {
        str branch = r->builds.at[i].first->delivery->branch;
        if (map_add(r->w->a, &seen, branch, r) != NULL)
            continue;
        buf_text(&b, "- ");
        tmpl_yaml(&b, branch);
        buf_byte(&b, '\n');
    }
    return buf_keep(&b, r->w->a);
}

/* What it may do, a workflow that is called may do as well. */
static void put_ci(struct writer *r, struct buf *out) {
    struct map values = {0};
    if (!r->ci->is_there)
        return;
    set(r, &values, "permissions", r->ci->reports ? STR(CI_REPORT_PERMISSIONS) : STR(""));
    buf_put(out, render(r, "deploy_ci.yml", &values));
}

/* Jobs stand after those that they wait for. */
static str deploy_jobs(struct writer *r) {
    struct workflows *w = r->w;
    struct buf b = BUF_INIT(TEXT_MAX);
    put_ci(r, &b);
    for (uint32_t i = 0; i < r->builds.n; i++)
        put_build(r, &b, &r->builds.at[i]);
    for (uint32_t depth = 0, found = 1; found > 0; depth++) {
        found = 0;
        for (uint32_t i = 0; i < w->environments.n; i++) {
            const struct workflow_environment *e = &w->environments.at[i];
            if (e->delivery == NULL || depth_of(w, e) != depth)
                continue;
            put_deploy(r, &b, e);
            found++;
        }
    }
    return without_end(w, &b);
}

static void put_environments(struct writer *r, struct map *values) {
    const struct workflows *w = r->w;
    struct buf names = BUF_INIT(TEXT_MAX), jobs = BUF_INIT(TEXT_MAX);
    for (uint32_t i = 0; i < w->environments.n; i++) {
        const struct workflow_environment *e = &w->environments.at[i];
        if (e->delivery == NULL)
            continue;
        buf_text(&names, "- ");
        tmpl_yaml(&names, e->name);
        buf_byte(&names, '\n');
        put_rollback(r, &jobs, e);
    }
    set(r, values, "environments", buf_keep(&names, w->a));
    set(r, values, "jobs", without_end(r->w, &jobs));
}

void workflow_deploy(struct workflows *w, struct output *out, const struct ci_file *ci) {
    struct writer r = {.w = w, .ci = ci};
    struct map deploy = {0}, rollback = {0};
    /* What follows what is only certain when nothing was wrong with it. */
    if (out == NULL || w->dl->errors > 0)
        return;
    find_builds(&r);
    if (r.builds.n == 0)
        return;
    for (uint32_t i = 0; i < w->environments.n; i++) {
        if (w->environments.at[i].delivery != NULL)
            workflow_runner(w, out, &w->environments.at[i]);
    }
    set(&r, &deploy, "spec", w->spec);
    set(&r, &deploy, "branches", branches(&r));
    set(&r, &deploy, "jobs", deploy_jobs(&r));
    workflow_add(w, out, "deploy.yml", render(&r, "deploy.yml", &deploy));
    set(&r, &rollback, "spec", w->spec);
    put_environments(&r, &rollback);
    workflow_add(w, out, "rollback.yml", render(&r, "rollback.yml", &rollback));
}
