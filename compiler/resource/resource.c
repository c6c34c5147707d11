/* SPDX-License-Identifier: MIT */
#include "resource/resource.h"

const struct resource_kind *const resource_kinds[] = {
    &resource_metric_alarm,
    &resource_composite_alarm,
    &resource_dashboard,
    &resource_log_group,
    &resource_log_metric_filter,
    &resource_query_definition,
    &resource_sns_topic,
    &resource_sns_topic_policy,
    &resource_sns_topic_subscription,
    &resource_lambda_permission,
    &resource_slack_channel,
    &resource_iam_role,
    &resource_iam_policy,
    &resource_iam_role_policy,
    &resource_lambda_function,
    &resource_scheduler_schedule,
    &resource_ssm_parameter,
    &resource_secret,
    &resource_secret_rotation,
    &resource_iam_role_policy_attachment,
    &resource_s3_bucket,
    &resource_s3_ownership,
    &resource_s3_public_access,
    &resource_s3_versioning,
    &resource_s3_encryption,
    &resource_s3_policy,
    &resource_s3_lifecycle,
    &resource_cloudfront,
    &resource_cloudfront_access,
    &resource_vpc_endpoint,
    &resource_kms_key,
    &resource_kms_alias,
    &resource_ecr_repository,
    &resource_ecr_lifecycle,
    &resource_ecr_policy,
    &resource_ssm_document,
    &resource_oidc_provider,
    &resource_data_oidc_provider,
    &resource_budget,
    &resource_anomaly_monitor,
    &resource_anomaly_subscription,
    &resource_data_log_groups,
    &resource_data_instance,
    &resource_data_caller_identity,
    &resource_data_db_instance,
    &resource_data_db_subnet_group,
};
const uint32_t resource_kinds_n = sizeof resource_kinds / sizeof *resource_kinds;

int resource_attr_index(const struct resource_attr *rows, uint32_t n, const char *tf) {
    for (uint32_t i = 0; i < n; i++) {
        /* Asked for every attribute: equal literals are mostly one, others differ at once. */
        if (rows[i].tf == tf || (rows[i].tf[0] == tf[0] && strcmp(rows[i].tf, tf) == 0))
            return (int)i;
    }
    return -1;
}

int resource_attr_find(const struct resource_attr *rows, uint32_t n, str tf) {
    for (uint32_t i = 0; i < n; i++) {
        if (str_is(tf, rows[i].tf))
            return (int)i;
    }
    return -1;
}

bool resource_is_left(const struct resource_kind *kind, bool adopted, const char *tf) {
    if (kind->kept || !adopted || kind->left == NULL)
        return kind->kept;
    /* "[kms_key_id, tags]" */
    size_t n = strlen(tf);
    for (const char *at = strstr(kind->left, tf); at != NULL; at = strstr(at + 1, tf)) {
        if (strchr("[ ", at[-1]) != NULL && strchr(",]", at[n]) != NULL)
            return true;
    }
    return false;
}

int resource_tags_row(const struct resource_kind *kind) {
    for (uint32_t i = 0; i < kind->nattrs; i++) {
        if ((kind->attrs[i].flags & ATTR_TAGS) != 0)
            return (int)i;
    }
    return -1;
}

bool resource_has_tags(const struct resource_kind *kind, bool adopted) {
    return resource_tags_row(kind) >= 0 && !resource_is_left(kind, adopted, "tags_all");
}
