/* SPDX-License-Identifier: MIT */
#include "iam/github.h"
#include "lower/account.h"
#include "lower/deploy_parts.h"

bool deploy_has_roles(const struct deploy *d) {
    bool builds = d->cfg->registry.value == CFG_ECR && deploy_builds(d);
    return builds || d->cfg->via.value == CFG_VIA_SSM;
}

str deploy_role(struct lower *l, const struct deploy *d) {
    bool ssm = d->cfg->via.value == CFG_VIA_SSM;
    return ssm ? arena_cat(l->a, l->prefix, STR("-deploy")) : STR("");
}

str deploy_build_role(struct lower *l, const struct deploy *d) {
    bool pushes = d->cfg->registry.value == CFG_ECR && deploy_builds(d);
    return pushes ? arena_cat(l->a, l->prefix, STR("-build")) : STR("");
}

str deploy_audience(const struct lower *l) {
    return github_audience(account_partition(l));
}

static bool is_tag(str key, str *ret_tag) {
    if (!str_starts(key, STR("tag:")))
        return false;
    *ret_tag = str_sub(key, 4, key.n);
    return true;
}

/* Tags are all of a host that a permission can name, but for its id. */
static bool check_found(struct lower *l, const struct watched *w) {
    bool tag = w->find.n == 0;
    str name;
    for (uint32_t i = 0; i < w->find.n; i++)
        tag |= is_tag(w->find.items[i].key.text, &name);
    if (tag)
        return true;
    struct diag *p = diag_add(
        l->dl, DIAG_DEPLOY_HOST, w->find.at,
        "nothing here says which instance Systems Manager may tell for `%.*s`", STR_ARG(w->name));
    diag_hint(l->dl, p,
              "A permission names instances by their ids or tags: add `tag:Name: NAME` to `find`.");
    return false;
}

bool deploy_check_roles(struct lower *l, const struct deploy *d) {
    if (!deploy_has_roles(d))
        return true;
    bool ok = true;
    for (uint32_t i = 0; d->cfg->via.value == CFG_VIA_SSM && i < d->hosts.n; i++)
        ok &= check_found(l, d->hosts.at[i]);
    if (!str_is(l->cfg->environment.text, DELIVERY_BUILD))
        return ok;
    struct diag *p = diag_add(l->dl, DIAG_DEPLOY_GITHUB, l->cfg->environment.at,
                              "on GitHub the environment `" DELIVERY_BUILD
                              "` is that of the job that builds images");
    diag_hint(l->dl, p, "With this name it could deploy as well. Give this environment another.");
    return false;
}

static struct value *text(struct lower *l, str s) {
    return value_str(l->a, s, l->deploy->at);
}

static struct value *any(struct lower *l) {
    return text(l, STR("*"));
}

static struct node *add_provider(struct lower *l) {
    const struct deploy *d = l->deploy;
    bool there = d->cfg->github.provider.value == CFG_PROVIDER_EXISTING;
    struct node *n = deploy_node(l, there ? &resource_data_oidc_provider : &resource_oidc_provider,
                                 STR("github"), STR(GITHUB_PROVIDER_HOST));
    github_set_provider(l->graph, n, account_partition(l), d->at);
    return n;
}

/* Nothing else of the repository is let in: no branch, no pull request, no other environment. */
static struct value *trust(struct lower *l, const struct node *provider, str environment) {
    const struct deploy *d = l->deploy;
    str name = d->cfg->github.repository.text, owner = str_split(&name, '/');
    struct github_repository r = {owner, name, d->cfg->github.owner_id.text,
                                  d->cfg->github.repository_id.text};
    str job = arena_cat(l->a, STR("environment:"), environment);
    return github_trust(l->a, &r, account_partition(l), &(struct github_jobs){&job, 1},
                        value_ref(l->a, provider, "arn", d->at), d->at);
}

/* A role for the jobs of one environment on GitHub. */
static void add_role(struct lower *l, const struct node *provider, str environment, str name,
                     const char *label, const char *does, int64_t session_s,
                     const struct policy *p) {
    struct node *role = deploy_node(l, &resource_iam_role, str_c(label), name),
                *policy = deploy_node(l, &resource_iam_role_policy, str_c(label), name);
    node_set(role, "name", text(l, name));
    node_set(role, "description", text(l, str_c(does)));
    node_set(role, "assume_role_policy", trust(l, provider, environment));
    node_set(role, "max_session_duration", value_int(l->a, session_s, l->deploy->at));
    node_set(policy, "name", text(l, name));
    node_set(policy, "role", value_ref(l->a, role, "name", l->deploy->at));
    node_set(policy, "policy", policy_document(p));
    str output = arena_printf(l->a, "%s_role_arn", label), doc = arena_printf(l->a, "%s.", does);
    deploy_output(l, (const char *)output.p, (const char *)doc.p,
                  value_ref(l->a, role, "arn", l->deploy->at));
}

/* "IAM permissions for pushing an image to an Amazon ECR private repository"; and to see what is
 * there already, for tags are never moved. */
static void add_build_role(struct lower *l, const struct node *provider,
                           const struct node *repository) {
    struct policy p;
    policy_begin(&p, l, l->deploy->at);
    policy_allow(&p, "LogIn", "ecr:GetAuthorizationToken", any(l), NULL);
    policy_allow(&p, "PushImages",
                 DEPLOY_PULL " ecr:CompleteLayerUpload ecr:InitiateLayerUpload ecr:PutImage "
                             "ecr:UploadLayerPart",
                 deploy_repository_arn(l, repository), NULL);
    add_role(l, provider, STR(DELIVERY_BUILD), deploy_build_role(l, l->deploy), "deploy_build",
             "Role of the job on GitHub that builds the image and pushes it",
             DELIVERY_BUILD_SESSION_S, &p);
}

static struct value *instance_arn(struct lower *l, str id) {
    return text(l, arena_printf(l->a, "arn:%.*s:ec2:%.*s:%.*s:instance/%.*s",
                                STR_ARG(account_partition(l)), STR_ARG(l->cfg->aws.region.text),
                                STR_ARG(l->cfg->aws.account.text), STR_ARG(id)));
}

static bool has_wildcard(str s) {
    return str_find(s, '*') < s.n || str_find(s, '?') < s.n;
}

/* What an instance that is found has: tags are all that a permission can name of it. */
static struct value *tags_of(struct lower *l, const struct watched *w) {
    struct value *same = value_map(l->a, w->find.n, w->at),
                 *like = value_map(l->a, w->find.n, w->at);
    struct value *v = value_map(l->a, 2, w->at);
    for (uint32_t i = 0; i < w->find.n; i++) {
        const struct cfg_pair *p = &w->find.items[i];
        str tag;
        if (is_tag(p->key.text, &tag))
            value_set(has_wildcard(p->value.text) ? like : same,
                      arena_cat(l->a, STR("ssm:resourceTag/"), tag),
                      value_str(l->a, policy_literal(l, p->value.text, "$"), p->value.at));
    }
    if (same->map.n > 0)
        value_set(v, STR("StringEquals"), same);
    if (like->map.n > 0)
        value_set(v, STR("StringLike"), like);
    return v;
}

/*
 * The document on the hosts, and nothing else anywhere. ListCommands finds a command whose answer
 * was lost. It, GetCommandInvocation and DescribeInstances know no resources (Service Authorization
 * Reference, Systems Manager and EC2).
 */
static void add_deploy_role(struct lower *l, const struct node *provider) {
    const struct deploy *d = l->deploy;
    struct node *document = deploy_document(l);
    struct policy p;
    bool found = false;
    policy_begin_for(&p, l, d->hosts.n + 3, d->at);
    struct value *on = value_list(l->a, VALUE_LIST, d->hosts.n + 1, d->at);
    value_push(on, value_ref(l->a, document, "arn", d->at));
    for (uint32_t i = 0; i < d->hosts.n; i++) {
        const struct watched *w = d->hosts.at[i];
        if (w->find.n == 0) {
            value_push(on, instance_arn(l, watched_attribute(w, STR("id"))->text.text));
            continue;
        }
        found = true;
        str sid = arena_printf(l->a, "TellFoundHost%u", i + 1);
        policy_allow(&p, (const char *)sid.p, "ssm:SendCommand", instance_arn(l, STR("*")),
                     tags_of(l, w));
    }
    policy_allow(&p, "TellHosts", "ssm:SendCommand", on, NULL);
    policy_allow(&p, "HearHosts", "ssm:GetCommandInvocation ssm:ListCommands", any(l), NULL);
    if (found)
        policy_allow(&p, "FindHosts", "ec2:DescribeInstances", any(l), NULL);
    add_role(l, provider, l->cfg->environment.text, deploy_role(l, d), "deploy",
             "Role of the jobs on GitHub that deploy", deploy_session_s(d), &p);
}

void deploy_roles(struct lower *l, const struct node *repository) {
    const struct node *provider = add_provider(l);
    if (deploy_build_role(l, l->deploy).n > 0)
        add_build_role(l, provider, repository);
    if (deploy_role(l, l->deploy).n > 0)
        add_deploy_role(l, provider);
}
