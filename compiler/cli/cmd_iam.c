/* SPDX-License-Identifier: MIT */
#include "cli/account.h"
#include "cli/iam_parts.h"
#include "lower/account.h"
#include "resource/resource_write.h"
#include "schema/schema.h"

#include <limits.h>

#define TEXT_MAX (64u << 20)
#define NAME_MAX_ROLE 64
/* "IAM and AWS STS quotas": managed policies of a role, unless AWS allows more. */
#define POLICIES_OF_ROLE 10

static const char *const iam_words[] = {"drift", "plan", "apply", "github", NULL};

static const struct {
    const char *label, *does;
    unsigned effects; /* besides what opsc reads */
} whats[IAM_WHATS] = {
    [IAM_DRIFT] = {"drift", "What opsc plan and opsc drift read", 0},
    [IAM_PLAN] = {"plan", "What terraform plan and opsc read", RESOURCE_REFRESHES},
    [IAM_APPLY] = {"apply", "What terraform apply does and opsc reads", UINT_MAX},
};

/* ---- what is allowed */

/* Of no project's names: who may write the project's roles must not write these. */
static str name_of(const struct iam_run *r, int what) {
    return arena_printf(r->c->arena, "opsc-%.*s%s", STR_ARG(r->of->prefix), whats[what].label);
}

static bool make_policies(struct iam_run *r, int what) {
    struct arena *a = r->c->arena;
    struct allow_options o = {.partition = account_partition_of(r->of->region),
                              .region = r->of->region,
                              .account = r->of->account,
                              .prefix = r->of->prefix};
    struct allows all = {0};
    allow_reading(a, r->of->graph, &o, &all);
    if (what == IAM_APPLY)
        allow_pruning(a, r->of->graph, &o, &all);
    allow_effects(a, r->of->graph, &o, whats[what].effects, &all);
    const struct emit_project *t = &r->of->project;
    if (what != IAM_DRIFT && t->backend)
        allow_state(
            a, &o,
            &(struct allow_state){t->state_bucket, t->state_key, what == IAM_APPLY, t->state_lock},
            &all);
    if (what == IAM_APPLY && r->of->lock.bucket.n > 0)
        allow_lock(a, &o, r->of->lock.bucket, r->of->lock.key, &all);
    allow_sort(&all);
    struct iam_policies *p = &r->policies[what];
    if (!iam_policies_of(a, &all, name_of(r, what), r->of->cfg->project.at, p)) {
        cli_err("opsc iam: a name is longer than a policy of IAM may be\n");
        return false;
    }
    if (p->items.n > POLICIES_OF_ROLE)
        cli_err("opsc iam: a role takes %d policies, unless AWS has allowed the account more, and "
                "these are %u\n",
                POLICIES_OF_ROLE, p->items.n);
    if (o.account.n == 0)
        cli_err(
            "opsc iam: without `aws.account` in the spec they are for any account: say which\n");
    return true;
}

/* ---- roles for GitHub */

static bool find_repository(struct iam_run *r, struct github_repository *ret) {
    const struct config *c = r->of->cfg;
    str given_ = cli_value(r->c, OPT_REPOSITORY, STR(""));
    if (given_.n > 0 && !github_repository_of(given_, ret)) {
        cli_err("opsc iam: --repository takes OWNER/NAME or OWNER@ID/NAME@ID, found `%.*s`\n",
                STR_ARG(cli_shown(r->c, given_)));
        return false;
    }
    if (given_.n > 0)
        return true;
    if (!given(c->deploy.github.repository.at)) {
        cli_err("opsc iam github: whose jobs? Name the repository in `deploy.github`, or by "
                "--repository OWNER/NAME\n");
        return false;
    }
    github_repository_of(c->deploy.github.repository.text, ret);
    ret->owner_id = c->deploy.github.owner_id.text;
    ret->repository_id = c->deploy.github.repository_id.text;
    return true;
}

/* Pull requests and the branch read, as the workflow ops.yml does; the environment, which may want
 * reviewers, writes. */
static struct github_jobs jobs_of(struct iam_run *r, int what) {
    struct arena *a = r->c->arena;
    const struct config *c = r->of->cfg;
    str *which = ARENA_ARRAY(a, str, 2), branch = STR("main");
    if (what == IAM_APPLY) {
        which[0] = arena_cat(a, STR("environment:"), c->environment.text);
        return (struct github_jobs){which, 1};
    }
    if (given(c->ci.branch.at))
        branch = c->ci.branch.text;
    else if (given(c->deploy.branch.at))
        branch = c->deploy.branch.text;
    which[0] = STR("pull_request");
    which[1] = arena_cat(a, STR("ref:refs/heads/"), branch);
    return (struct github_jobs){which, 2};
}

/* An account has one provider for GitHub. */
static void tell_both_make_it(const struct iam_run *r, span at) {
    struct place p = sources_place(r->dl->sources, at.file, at.start);
    cli_err("opsc iam github: %.*s:%u: `deploy` makes the identity provider as well: write "
            "`provider: existing` there, or give --provider-exists here\n",
            STR_ARG(cli_shown(r->c, p.file)), p.line);
}

static bool make_roles(struct iam_run *r) {
    const struct config *c = r->of->cfg;
    r->trust = (struct iam_roles){.partition = account_partition_of(r->of->region),
                                  .account = r->of->account,
                                  .provider_exists = cli_has(r->c, OPT_PROVIDER_EXISTS),
                                  .at = c->project.at};
    if (!find_repository(r, &r->trust.repository))
        return false;
    if (r->of->account.n == 0) {
        cli_err("opsc iam github: in which account? Say `aws.account` in the spec\n");
        return false;
    }
    for (int i = 0; i < IAM_WHATS; i++) {
        str name = name_of(r, i);
        if (name.n > NAME_MAX_ROLE) {
            cli_err("opsc iam github: the role %.*s would have %u characters, IAM takes %d: the "
                    "project or the environment needs a shorter name\n",
                    STR_ARG(name), name.n, NAME_MAX_ROLE);
            return false;
        }
        r->roles[i] = (struct iam_role){.label = whats[i].label,
                                        .name = name,
                                        .does = whats[i].does,
                                        .which = jobs_of(r, i),
                                        .policies = &r->policies[i]};
    }
    if (!r->trust.provider_exists && graph_has(r->of->graph, &resource_oidc_provider))
        tell_both_make_it(r, c->deploy.github.at);
    return true;
}

/* ---- showing it */

static void put_terraform(struct buf *b, struct iam_run *r, int what) {
    struct arena *a = r->c->arena;
    struct graph *g = graph_new(a);
    g->tags = r->of->graph->tags;
    struct emit_project p = r->of->project;
    str command = arena_printf(a, "opsc iam %s", iam_words[what]);
    p.command = (const char *)command.p;
    if (what < IAM_WHATS) {
        iam_add_policies(g, &r->policies[what], whats[what].label, whats[what].does,
                         r->of->cfg->project.at);
    } else {
        r->trust.graph = g;
        iam_add_roles(&r->trust, r->roles, IAM_WHATS);
    }
    buf_put(b, emit_terraform_alone(a, g, &p, r->dl->sources));
}

static enum cli_exit show(struct iam_run *r, int what) {
    str format = cli_value(r->c, OPT_FORMAT_IAM, STR("text"));
    struct buf b = BUF_INIT(TEXT_MAX);
    for (int i = 0; i < IAM_WHATS; i++) {
        if ((what == i || what == IAM_WHATS) && !make_policies(r, i))
            return CLI_PROBLEMS;
    }
    if (what == IAM_WHATS && !make_roles(r))
        return CLI_USAGE;
    if (str_is(format, "terraform"))
        put_terraform(&b, r, what);
    else if (what < IAM_WHATS)
        (str_is(format, "json") ? iam_put_policies_json : iam_put_policies_text)(&b, r, what);
    else
        (str_is(format, "json") ? iam_put_roles_json : iam_put_roles_text)(&b, r);
    enum cli_exit status = cli_print(&b);
    buf_done(&b);
    return status;
}

static enum cli_exit run_iam(struct cli *c) {
    struct diag_list dl;
    enum cli_exit status;
    struct iam_run r = {.c = c, .dl = &dl};
    int what = 0;
    while (iam_words[what] != NULL && (c->nargs == 0 || !str_is(c->args[0], iam_words[what])))
        what++;
    if (iam_words[what] == NULL) {
        cli_err("opsc iam takes `drift`, `plan`, `apply` or `github`, then a spec");
        if (c->nargs > 0)
            cli_err(", found `%.*s`", STR_ARG(cli_shown(c, c->args[0])));
        cli_err("\n");
        return CLI_USAGE;
    }
    r.of = account_compile(c, 1, &dl, &status);
    return r.of != NULL ? show(&r, what) : status;
}

const struct cli_command cmd_iam = {
    .name = "iam",
    .args = "drift | plan | apply | github [FILE]",
    .summary = "Show the least permissions that reading or changing the account takes.",
    .examples = "  opsc iam drift                    # what `opsc plan` and `opsc drift` read\n"
                "  opsc iam apply --format json      # what `terraform apply` does, as policies\n"
                "  opsc iam github --format terraform >iam.tf\n",
    .text =
        "FILE is a spec, or a folder with an ops.yaml; without it, ops.yaml. `drift`, `plan` "
        "and\n"
        "`apply` are policies of what the spec's resources take and nothing else, limited to "
        "their\n"
        "names: for opsc, for `terraform plan`, for `terraform apply`. `github` is the identity\n"
        "provider and a role for each, which jobs on GitHub take. docs/iam.md has more.\n",
    .options = {OPT_ENV, OPT_VAR, OPT_FORMAT_IAM, OPT_REPOSITORY, OPT_PROVIDER_EXISTS},
    .noptions = 5,
    .choices = iam_words,
    .max_args = 2,
    .run = run_iam,
};
