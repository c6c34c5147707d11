/* SPDX-License-Identifier: MIT */
#include "lower/account.h"
#include "lower/deploy_parts.h"
#include "lower/prices.h"

/*
 * What stays of builds. Hosts keep the images that they may go back to themselves
 * (`rollback.keep`); the registry is asked for the image of a new release, and by a host that is
 * new. Each build has one tag, a commit's SHA, and is expired by how many came after it: so many
 * may be built while an environment waits for its reviewers. What an index refers to has no tag and
 * stays as long as the index ("Automate the cleanup of images by using lifecycle policies in Amazon
 * ECR").
 */
#define BUILDS_KEPT 500
#define UNTAGGED_DAYS 14 /* a push that did not end */

struct node *deploy_node(struct lower *l, const struct resource_kind *kind, str label, str name) {
    struct node *n = graph_add(l->graph, kind, label, l->deploy->at);
    n->module = STR(DEPLOY_MODULE);
    n->path = STR("deploy");
    n->name = name;
    return n;
}

void deploy_output(struct lower *l, const char *name, const char *doc, struct value *is) {
    VEC_PUSH(l->a, &l->graph->outputs,
             (struct graph_output){.module = STR(DEPLOY_MODULE),
                                   .name = str_c(name),
                                   .doc = str_c(doc),
                                   .is = is,
                                   .root = true});
}

static struct value *text(struct lower *l, const char *z) {
    return value_str(l->a, str_c(z), l->deploy->at);
}

static struct value *rule(struct lower *l, int priority, const char *does, struct value *which) {
    struct value *v = value_map(l->a, 4, which->at), *action = value_map(l->a, 1, which->at);
    value_set(action, STR("type"), text(l, "expire"));
    value_set(v, STR("rulePriority"), value_int(l->a, priority, which->at));
    value_set(v, STR("description"), text(l, does));
    value_set(v, STR("selection"), which);
    value_set(v, STR("action"), action);
    return v;
}

static struct value *lifecycle(struct lower *l) {
    span at = l->deploy->at;
    struct value *document = value_map(l->a, 1, at), *rules = value_list(l->a, VALUE_LIST, 2, at);
    struct value *untagged = value_map(l->a, 4, at), *builds = value_map(l->a, 4, at);
    struct value *any = value_list(l->a, VALUE_LIST, 1, at);
    value_push(any, text(l, "*"));
    value_set(untagged, STR("tagStatus"), text(l, "untagged"));
    value_set(untagged, STR("countType"), text(l, "sinceImagePushed"));
    value_set(untagged, STR("countUnit"), text(l, "days"));
    value_set(untagged, STR("countNumber"), value_int(l->a, UNTAGGED_DAYS, at));
    value_set(builds, STR("tagStatus"), text(l, "tagged"));
    value_set(builds, STR("tagPatternList"), any);
    value_set(builds, STR("countType"), text(l, "imageCountMoreThan"));
    value_set(builds, STR("countNumber"), value_int(l->a, BUILDS_KEPT + l->deploy->keep, at));
    value_push(rules, rule(l, 1, "Pushes that did not end", untagged));
    value_push(rules, rule(l, 2, "Builds that many others came after", builds));
    value_set(document, STR("rules"), rules);
    return value_json(l->a, document, at);
}

/* Accounts whose own policies then say which of their hosts may. */
static void add_readers(struct lower *l, const struct node *repository) {
    const struct cfg_texts *readers = &l->deploy->cfg->ecr.readers;
    struct value *who = value_list(l->a, VALUE_LIST, readers->n, readers->at);
    for (uint32_t i = 0; i < readers->n; i++) {
        const struct cfg_text *t = &readers->items[i];
        if (!str_eq(t->text, l->cfg->aws.account.text))
            value_push(who, value_str(l->a,
                                      arena_printf(l->a, "arn:%.*s:iam::%.*s:root",
                                                   STR_ARG(account_partition(l)), STR_ARG(t->text)),
                                      t->at));
    }
    if (who->list.n == 0)
        return;
    struct policy p;
    policy_begin(&p, l, readers->at);
    policy_allow_to(&p, "PullFromOtherAccounts", "AWS", who, DEPLOY_PULL, NULL);
    struct node *n = deploy_node(l, &resource_ecr_policy, l->deploy->app->name, l->deploy->image);
    node_set(n, "repository", value_ref(l->a, repository, "name", readers->at));
    node_set(n, "policy", policy_document(&p));
}

/* Not empty, it is not deleted: force_delete stays false. */
static struct node *add_repository(struct lower *l) {
    const struct deploy *d = l->deploy;
    struct node *n = deploy_node(l, &resource_ecr_repository, d->app->name, d->image);
    node_set(n, "name", value_str(l->a, d->image, d->at));
    node_set(n, "image_tag_mutability", text(l, "IMMUTABLE"));
    graph_block_set(graph_block_of(l->graph, n, "encryption_configuration", d->at),
                    "encryption_type", text(l, "AES256"));
    graph_block_set(graph_block_of(l->graph, n, "image_scanning_configuration", d->at),
                    "scan_on_push", value_bool(l->a, true, d->at));
    struct node *after = deploy_node(l, &resource_ecr_lifecycle, d->app->name, d->image);
    node_set(after, "repository", value_ref(l->a, n, "name", d->at));
    node_set(after, "policy", lifecycle(l));
    add_readers(l, n);
    deploy_output(l, "deploy_repository_url", "Where images are pushed to.",
                  value_ref(l->a, n, "repository_url", d->at));
    return n;
}

struct value *deploy_repository_arn(struct lower *l, const struct node *made) {
    const struct deploy *d = l->deploy;
    if (made != NULL)
        return value_ref(l->a, made, "arn", d->at);
    return value_str(l->a,
                     arena_printf(l->a, "arn:%.*s:ecr:%.*s:%.*s:repository/%.*s",
                                  STR_ARG(account_partition(l)), STR_ARG(d->registry.region),
                                  STR_ARG(d->registry.account), STR_ARG(d->image)),
                     d->at);
}

static void explain(struct lower *l) {
    const struct deploy *d = l->deploy;
    str build = deploy_build_role(l, d), tell = deploy_role(l, d);
    if (d->registry.account.n == 0 && tell.n == 0)
        return;
    str where = STR("which is there without this environment");
    if (d->registry.makes)
        where = arena_printf(l->a, "made here; ECR takes %.*s for a GB and month",
                             STR_ARG(lower_price_text(l, "ecr.storage", 1)));
    lower_explain_title(l, "deploy, in AWS");
    if (d->registry.account.n > 0)
        lower_explain(l, "images are in %.*s/%.*s, %.*s", STR_ARG(deploy_registry_host(l, d)),
                      STR_ARG(d->image), STR_ARG(where));
    if (build.n > 0)
        lower_explain(l, "the job that builds takes the role %.*s", STR_ARG(build));
    if (tell.n > 0)
        lower_explain(l, "jobs that deploy take the role %.*s, and tell hosts by the document %.*s",
                      STR_ARG(tell), STR_ARG(tell));
}

void lower_deploy_nodes(struct lower *l) {
    const struct deploy *d = l->deploy;
    if (d != NULL)
        explain(l);
    struct node *repository = d != NULL && d->registry.makes ? add_repository(l) : NULL;
    if (d != NULL && deploy_has_roles(d))
        deploy_roles(l, repository);
    deploy_policies(l, repository);
}
