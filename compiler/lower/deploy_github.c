/* SPDX-License-Identifier: MIT */
#include "lower/account.h"
#include "lower/deploy.h"

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

/* aws-actions/configure-aws-credentials, "OIDC Audience". */
str deploy_audience(const struct lower *l) {
    return str_is(account_partition(l), "aws-cn") ? STR("sts.amazonaws.com.cn")
                                                  : STR("sts.amazonaws.com");
}
