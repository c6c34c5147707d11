/* SPDX-License-Identifier: MIT */
#include "lower/account.h"
#include "lower/backup.h"
#include "lower/policy.h"

/* What scripts put on that which a newer backup has taken the place of (templates/backup). */
#define TAG_KEY "opsc"
#define TAG_SUPERSEDED "superseded"
/* How long what was deleted or replaced can be had back. */
#define UNDO_DAYS 7
#define KEY_DELETION_DAYS 30 /* KMS's longest */

struct bucket {
    struct lower *l;
    struct node *node; /* the bucket itself */
    span at;
};

static struct value *text(const struct bucket *b, const char *z) {
    return value_str(b->l->a, str_c(z), b->at);
}

static struct value *yes(const struct bucket *b) {
    return value_bool(b->l->a, true, b->at);
}

static struct node *add(const struct bucket *b, const struct resource_kind *kind) {
    struct lower *l = b->l;
    struct node *n = graph_add(l->graph, kind, STR("backups"), b->at);
    n->module = STR(BACKUP_MODULE);
    n->path = STR("backup.bucket");
    n->name = l->cfg->backup.bucket.text;
    return n;
}

/* A setting of the bucket. */
static struct node *add_to(const struct bucket *b, const struct resource_kind *kind) {
    struct node *n = add(b, kind);
    node_set(n, "bucket", value_ref(b->l->a, b->node, "id", b->at));
    return n;
}

static void add_access(const struct bucket *b) {
    struct node *own = add_to(b, &resource_s3_ownership),
                *n = add_to(b, &resource_s3_public_access);
    graph_block_set(graph_block_of(b->l->graph, own, "rule", b->at), "object_ownership",
                    text(b, "BucketOwnerEnforced"));
    node_set(n, "block_public_acls", yes(b));
    node_set(n, "block_public_policy", yes(b));
    node_set(n, "ignore_public_acls", yes(b));
    node_set(n, "restrict_public_buckets", yes(b));
}

static struct node *add_versioning(const struct bucket *b) {
    struct node *n = add_to(b, &resource_s3_versioning);
    graph_block_set(graph_block_of(b->l->graph, n, "versioning_configuration", b->at), "status",
                    text(b, "Enabled"));
    return n;
}

/* A key of KMS that seals the configuration. */
static struct node *add_key(const struct bucket *b) {
    struct lower *l = b->l;
    struct node *key = add(b, &resource_kms_key), *alias = add(b, &resource_kms_alias);
    node_set(key, "description",
             value_str(l->a,
                       arena_cat(l->a, STR("Backups of the configuration of "), l->namespace_),
                       b->at));
    node_set(key, "deletion_window_in_days", value_int(l->a, KEY_DELETION_DAYS, b->at));
    node_set(key, "enable_key_rotation", yes(b));
    node_set(alias, "name", value_str(l->a, backup_key(l), b->at));
    node_set(alias, "target_key_id", value_ref(l->a, key, "key_id", b->at));
    return key;
}

static void add_encryption(const struct bucket *b) {
    const struct cfg_text *key = &b->l->cfg->backup.kms_key;
    struct graph *g = b->l->graph;
    struct graph_block rule = graph_block_of(g, add_to(b, &resource_s3_encryption), "rule", b->at);
    struct graph_block how =
        graph_block_in(g, rule, "apply_server_side_encryption_by_default", b->at);
    graph_block_set(how, "sse_algorithm", text(b, given(key->at) ? "aws:kms" : "AES256"));
    if (!given(key->at))
        return;
    graph_block_set(how, "kms_master_key_id", value_str(b->l->a, key->text, key->at));
    /* Else each object is a request to KMS. */
    graph_block_set(rule, "bucket_key_enabled", yes(b));
}

/* Nobody, not even the owner, may speak to the bucket without TLS. */
static void add_policy(const struct bucket *b) {
    struct lower *l = b->l;
    struct value *s = value_map(l->a, 6, b->at), *list = value_list(l->a, VALUE_LIST, 1, b->at);
    struct value *on = value_list(l->a, VALUE_LIST, 2, b->at);
    struct value *objects = value_list(l->a, VALUE_TEXT, 2, b->at);
    value_push(objects, value_ref(l->a, b->node, "arn", b->at));
    value_push(objects, text(b, "/*"));
    value_push(on, value_ref(l->a, b->node, "arn", b->at));
    value_push(on, objects);
    value_set(s, STR("Sid"), text(b, "TlsOnly"));
    value_set(s, STR("Effect"), text(b, "Deny"));
    value_set(s, STR("Principal"), text(b, "*"));
    value_set(s, STR("Action"), text(b, "s3:*"));
    value_set(s, STR("Resource"), on);
    value_set(s, STR("Condition"),
              policy_condition(l, "Bool", "aws:SecureTransport", text(b, "false"), b->at));
    value_push(list, s);
    struct policy p = {l, list, b->at};
    node_set(add_to(b, &resource_s3_policy), "policy", policy_document(&p));
}

static struct graph_block add_rule(const struct bucket *b, struct node *n, const char *id) {
    struct graph_block rule = graph_block_push(b->l->graph, n, "rule", 2, b->at);
    graph_block_set(rule, "id", text(b, id));
    graph_block_set(rule, "status", text(b, "Enabled"));
    return rule;
}

static void set_days(const struct bucket *b, struct graph_block rule, const char *block,
                     const char *attr, int64_t days) {
    graph_block_set(graph_block_in(b->l->graph, rule, block, b->at), attr,
                    value_int(b->l->a, days, b->at));
}

/*
 * Nothing expires by its age alone: when no new backups come, the last good one stays. Scripts tag
 * what a newer one has taken the place of, and may delete nothing themselves.
 */
static void add_lifecycle(const struct bucket *b, const struct node *versioning) {
    struct graph *g = b->l->graph;
    struct node *n = add_to(b, &resource_s3_lifecycle);
    struct graph_block rule = add_rule(b, n, "superseded");
    struct graph_block tag =
        graph_block_in(g, graph_block_in(g, rule, "filter", b->at), "tag", b->at);
    graph_block_set(tag, "key", text(b, TAG_KEY));
    graph_block_set(tag, "value", text(b, TAG_SUPERSEDED));
    set_days(b, rule, "expiration", "days", 1);
    rule = add_rule(b, n, "remains");
    graph_block_set(graph_block_in(g, rule, "filter", b->at), "prefix", text(b, ""));
    set_days(b, rule, "abort_incomplete_multipart_upload", "days_after_initiation", 1);
    set_days(b, rule, "noncurrent_version_expiration", "noncurrent_days", UNDO_DAYS);
    graph_block_set(graph_block_in(g, rule, "expiration", b->at), "expired_object_delete_marker",
                    yes(b));
    /* Rules on versions are refused while there are none. */
    struct value *after = value_list(b->l->a, VALUE_LIST, 1, b->at);
    value_push(after, value_ref(b->l->a, versioning, NULL, b->at));
    node_set(n, "depends_on", after);
}

void lower_backup_nodes(struct lower *l) {
    if (l->backups.n == 0)
        return;
    const struct cfg_text *name = &l->cfg->backup.bucket;
    struct bucket b = {.l = l, .at = name->at};
    struct node *bucket = add(&b, &resource_s3_bucket);
    node_set(bucket, "bucket", value_str(l->a, name->text, name->at));
    if (given(l->cfg->backup.lock.keep.at))
        node_set(bucket, "object_lock_enabled", yes(&b));
    b.node = bucket;
    struct node *key = backup_makes_key(l) ? add_key(&b) : NULL;
    add_access(&b);
    struct node *versioning = add_versioning(&b);
    add_encryption(&b);
    add_policy(&b);
    add_lifecycle(&b, versioning);
    backup_policies(l, bucket, key);
}
