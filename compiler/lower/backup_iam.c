/* SPDX-License-Identifier: MIT */
#include "lower/account.h"
#include "lower/arns.h"
#include "lower/backup.h"

/* The keys of this environment in the bucket. */
static struct value *objects(struct lower *l, const struct node *bucket, span at) {
    struct value *v = value_list(l->a, VALUE_TEXT, 2, at);
    value_push(v, value_ref(l->a, bucket, "arn", at));
    value_push(v, value_str(l->a, arena_cat3(l->a, STR("/"), l->namespace_, STR("/*")), at));
    return v;
}

static void allow_bucket(struct policy *p, const struct node *bucket) {
    struct lower *l = p->l;
    bool locked = given(l->cfg->backup.lock.keep.at);
    policy_allow(p, "ListBackups", "s3:ListBucket", value_ref(l->a, bucket, "arn", p->at),
                 policy_condition(l, "StringLike", "s3:prefix",
                                  value_str(l->a, arena_cat(l->a, l->namespace_, STR("/*")), p->at),
                                  p->at));
    policy_allow(p, "KeepBackups",
                 locked ? "s3:GetObject s3:PutObject s3:PutObjectRetention "
                          "s3:PutObjectTagging"
                        : "s3:GetObject s3:PutObject s3:PutObjectTagging",
                 objects(l, bucket, p->at), NULL);
}

/* What `configuration:` reads, beside secrets. */
static void allow_configuration(struct policy *p) {
    struct lower *l = p->l;
    const struct cfg_configuration *c = &l->cfg->backup.configuration;
    if (c->terraform_state.value)
        policy_allow(
            p, "ReadState", "s3:GetObject",
            value_str(l->a,
                      arena_printf(l->a, "arn:%.*s:s3:::%.*s/%.*s", STR_ARG(account_partition(l)),
                                   STR_ARG(l->cfg->terraform.state.bucket.text),
                                   STR_ARG(lower_state_key(l->a, l->cfg))),
                      c->at),
            NULL);
    str path = c->parameters.text;
    if (path.n > 0) {
        path = str_sub(path, 1, path.n);
        if (path.n > 0 && path.p[path.n - 1] == '/')
            path.n--;
        struct value *paths = value_list(l->a, VALUE_LIST, 2, c->at);
        value_push(paths, arn_of(l, BACKUP_MODULE, "ssm", "parameter/", path, c->at));
        value_push(paths, arn_of(l, BACKUP_MODULE, "ssm", "parameter/",
                                 arena_cat(l->a, path, STR("/*")), c->at));
        policy_allow(p, "ReadAllParameters", "ssm:GetParametersByPath", paths, NULL);
    }
}

/* Where the databases are, and how to log in to them. */
static void allow_databases(struct policy *p, const struct watched *host) {
    struct lower *l = p->l;
    uint32_t n = l->backups.n;
    struct arns servers = arns_new(l, BACKUP_MODULE, n, p->at),
                clusters = arns_new(l, BACKUP_MODULE, n, p->at),
                parameters = arns_new(l, BACKUP_MODULE, n, p->at),
                secrets = arns_new(l, BACKUP_MODULE, n + l->watched.n, p->at);
    for (uint32_t i = 0; i < l->backups.n; i++) {
        const struct backup_job *j = l->backups.at[i];
        if (j->host != host || j->kind == BACKUP_DRILL)
            continue;
        if (j->kind == BACKUP_CONFIGURATION) {
            allow_configuration(p);
            for (uint32_t k = 0; k < j->secrets.n; k++)
                arns_add_secret(&secrets, watched_attribute(j->secrets.at[k], STR("id"))->text.text,
                                j->at);
            continue;
        }
        const struct attribute_value *cluster = watched_attribute(j->of, STR("cluster"));
        if (cluster != NULL)
            arns_add(&clusters, "rds", "cluster:", cluster->text.text, j->at);
        else if (str_is(j->of->kind->kind.text, "rds"))
            arns_add(&servers, "rds", "db:", watched_attribute(j->of, STR("id"))->text.text, j->at);
        str id = j->password_id;
        if (str_is(j->store, "parameter-store"))
            arns_add_parameter(&parameters, id, j->at);
        else if (str_is(j->store, "rds"))
            arns_add_master(&secrets, j->of);
        else
            arns_add_secret(&secrets, id, j->at);
    }
    arns_allow(p, "FindDatabases", "rds:DescribeDBInstances", &servers);
    arns_allow(p, "FindClusters", "rds:DescribeDBClusters", &clusters);
    arns_allow(p, "ReadParameters", "ssm:GetParameter", &parameters);
    arns_allow(p, "ReadSecrets", "secretsmanager:GetSecretValue", &secrets);
}

static void push_key(struct lower *l, struct value *keys, const struct cfg_text *key) {
    bool before = false;
    for (uint32_t i = 0; i < keys->list.n; i++)
        before |=
            keys->list.items[i]->type == VALUE_STR && str_eq(keys->list.items[i]->text, key->text);
    if (given(key->at) && !before)
        value_push(keys, value_str(l->a, key->text, key->at));
}

/* Keys of your own; AWS's need no permission. */
static void allow_keys(struct policy *p, const struct node *made) {
    struct lower *l = p->l;
    struct value *keys = value_list(l->a, VALUE_LIST, 3, p->at);
    if (made != NULL)
        value_push(keys, value_ref(l->a, made, "arn", p->at));
    push_key(l, keys, &l->cfg->backup.kms_key);
    push_key(l, keys, &l->cfg->secrets.kms_key);
    bool writes = made != NULL || given(l->cfg->backup.kms_key.at);
    if (keys->list.n > 0)
        policy_allow(p, "UseKeys", writes ? "kms:Decrypt kms:GenerateDataKey" : "kms:Decrypt", keys,
                     NULL);
}

static void add_host_policy(struct lower *l, const struct node *bucket, const struct node *key,
                            struct host *host) {
    struct policy p;
    span at = l->cfg->backup.at;
    policy_begin(&p, l, at);
    allow_bucket(&p, bucket);
    allow_databases(&p, host->watched);
    allow_keys(&p, key);
    policy_allow(&p, "PublishAges", "cloudwatch:PutMetricData", value_str(l->a, STR("*"), at),
                 policy_condition(l, "StringEquals", "cloudwatch:namespace",
                                  value_str(l->a, l->namespace_, at), at));
    policy_for_host(&p, host, BACKUP_MODULE, arena_cat(l->a, STR("backup-"), host->watched->name),
                    STR("backup"), "the backup scripts");
}

void backup_policies(struct lower *l, const struct node *bucket, const struct node *key) {
    for (uint32_t i = 0; i < l->hosts.n; i++) {
        if (l->hosts.at[i]->backups)
            add_host_policy(l, bucket, key, l->hosts.at[i]);
    }
}
