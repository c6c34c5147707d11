/* SPDX-License-Identifier: MIT */
#include "apply/consistent.h"

#define MINUTE_MS 60000

/* Sources: AWS's troubleshooting pages of each service; what Terraform's provider waits for. */
static const struct row {
    const char *service;
    const char *code; /* as it begins */
    const char *says; /* part of the message; NULL: any */
    unsigned ms;
} rows[] = {
    {"lambda", "InvalidParameterValueException", "cannot be assumed by Lambda", 2 * MINUTE_MS},
    {"lambda", "InvalidParameterValueException", "does not have permissions", 2 * MINUTE_MS},
    {"lambda", "InvalidParameterValueException", "execution role", 2 * MINUTE_MS},
    {"lambda", "ResourceConflictException", NULL, 5 * MINUTE_MS},
    {"scheduler", "ValidationException", "assume the role", 2 * MINUTE_MS},
    {"secretsmanager", "AccessDeniedException", "cannot invoke", 2 * MINUTE_MS},
    {"sns", "InvalidParameter", "PrincipalNotFound", 2 * MINUTE_MS},
    {"sns", "InvalidParameter", "Policy", MINUTE_MS},
    {"kms", "MalformedPolicyDocumentException", NULL, 2 * MINUTE_MS},
    {"iam", "MalformedPolicyDocument", "Invalid principal", 2 * MINUTE_MS},
    {"iam", "DeleteConflict", NULL, MINUTE_MS},
    {"s3", "MalformedPolicy", "Invalid principal", 2 * MINUTE_MS},
    {"ecr", "InvalidParameterException", "Principal not found", 2 * MINUTE_MS},
    {"chatbot", "InvalidRequestException", "role", MINUTE_MS},
    /* It takes CloudFront some minutes to turn one off everywhere. */
    {"cloudfront", "DistributionNotDisabled", NULL, 30 * MINUTE_MS},
    {"cloudfront", "OriginAccessControlInUse", NULL, 2 * MINUTE_MS},
    /* Somebody has changed it since it was read: it is read anew each time. */
    {"cloudfront", "PreconditionFailed", NULL, MINUTE_MS},
};

unsigned consistent_wait_ms(const struct resource_write *row, const struct aws_error *e,
                            bool fresh) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].service, row->service) == 0 && e->kind != AWS_EXISTS &&
            str_starts(e->code, str_c(rows[i].code)) &&
            (rows[i].says == NULL || str_contains(e->message, str_c(rows[i].says))))
            return rows[i].ms;
    }
    return fresh && e->kind == AWS_NOT_FOUND ? MINUTE_MS : 0;
}
