/* SPDX-License-Identifier: MIT */
#include "lower/account.h"
#include "lower/arns.h"
#include "lower/deploy_parts.h"

/* Statements besides two for each row of `cost.cleanup`. */
#define STATEMENTS 8

static struct value *text(struct policy *p, str s) {
    return value_str(p->l->a, s, p->at);
}

/* ecr:GetAuthorizationToken knows no resources (Service Authorization Reference, ECR). */
static void allow_images(struct policy *p, const struct node *repository) {
    policy_allow(p, "LogIn", "ecr:GetAuthorizationToken", text(p, STR("*")), NULL);
    policy_allow(p, "PullImages", DEPLOY_PULL, deploy_repository_arn(p->l, repository), NULL);
}

/* What containers get in their environment. */
static void allow_secrets(struct policy *p) {
    struct lower *l = p->l;
    const struct deploy *d = l->deploy;
    struct arns parameters = arns_new(l, DEPLOY_MODULE, d->secrets.n, p->at),
                secrets = arns_new(l, DEPLOY_MODULE, d->secrets.n, p->at);
    for (uint32_t i = 0; i < d->secrets.n; i++) {
        const struct watched *item = d->secrets.at[i].item;
        str id = watched_attribute(item, STR("id"))->text.text;
        if (str_is(watched_attribute(item, STR("store"))->text.text, "parameter-store"))
            arns_add_parameter(&parameters, id, item->at);
        else
            arns_add_secret(&secrets, id, item->at);
    }
    arns_allow(p, "ReadParameters", "ssm:GetParameter", &parameters);
    arns_allow(p, "ReadSecrets", "secretsmanager:GetSecretValue", &secrets);
    const struct cfg_text *key = &l->cfg->secrets.kms_key;
    if (d->secrets.n > 0 && given(key->at))
        policy_allow(p, "OpenSecrets", "kms:Decrypt", value_str(l->a, key->text, key->at), NULL);
}

/*
 * Who may see no alarm but some sees no composite alarm: "your cloudwatch:DescribeAlarms permission
 * [...] scoped to *" (CloudWatch API Reference, DescribeAlarms).
 */
static void allow_alarms(struct policy *p) {
    policy_allow(p, "WatchAlarms", "cloudwatch:DescribeAlarms", text(p, STR("*")), NULL);
}

/* Old objects below one prefix, and no others: each row has statements of its own. */
static void allow_objects(struct policy *p, uint32_t i) {
    struct lower *l = p->l;
    const struct cleanup_objects *o = &l->objects.at[i];
    str prefix = policy_literal(l, o->prefix, "*?$"),
        bucket = arena_printf(l->a, "arn:%.*s:s3:::%.*s", STR_ARG(account_partition(l)),
                              STR_ARG(o->bucket)),
        list = arena_printf(l->a, "ListOldObjects%u", i + 1),
        remove = arena_printf(l->a, "RemoveOldObjects%u", i + 1);
    policy_allow(
        p, (const char *)list.p, "s3:ListBucket", value_str(l->a, bucket, o->at),
        policy_condition(l, "StringEquals", "s3:prefix", value_str(l->a, prefix, o->at), o->at));
    policy_allow(
        p, (const char *)remove.p, "s3:DeleteObject",
        value_str(l->a, arena_printf(l->a, "%.*s/%.*s*", STR_ARG(bucket), STR_ARG(prefix)), o->at),
        NULL);
}

static void add_policy(struct lower *l, struct host *h, const struct node *repository) {
    const struct deploy *d = deploy_is_on(l, h->watched) ? l->deploy : NULL;
    bool objects = h->watched == cleanup_host(l);
    struct policy p;
    policy_begin_for(&p, l, STATEMENTS + 2 * l->objects.n, d != NULL ? d->at : h->watched->at);
    if (d != NULL && d->cfg->registry.value == CFG_ECR)
        allow_images(&p, repository);
    if (d != NULL)
        allow_secrets(&p);
    if (d != NULL && d->watch_alarms.n > 0)
        allow_alarms(&p);
    for (uint32_t i = 0; objects && i < l->objects.n; i++)
        allow_objects(&p, i);
    if (p.statements->list.n > 0)
        policy_for_host(&p, h, DEPLOY_MODULE, arena_cat(l->a, STR("deploy-"), h->watched->name),
                        STR("deploy"), "the scripts of deploys and cleaning up");
}

void deploy_policies(struct lower *l, const struct node *repository) {
    for (uint32_t i = 0; i < l->hosts.n; i++)
        add_policy(l, l->hosts.at[i], repository);
}
