/* SPDX-License-Identifier: MIT */
#ifndef OPSC_IAM_POLICIES_H
#define OPSC_IAM_POLICIES_H

#include "iam/allow.h"

/*
 * policies: what is to be allowed as policies, each within what IAM takes. Actions on the same
 * resources are one statement; a statement that is too long for one policy is several.
 */
struct iam_policy {
    str name;               /* "opsc-reco-production-drift"; "...-2" the second */
    struct value *document; /* JSON */
    uint32_t characters;    /* as IAM counts them */
};

struct iam_policies {
    VEC(struct iam_policy) items;
};

/* `all` is sorted. False: an ARN alone is longer than a policy. */
bool iam_policies_of(struct arena *a, const struct allows *all, str name, span at,
                     struct iam_policies *ret);

#endif
