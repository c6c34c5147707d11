/* SPDX-License-Identifier: MIT */
#ifndef OPSC_AWS_CREDENTIALS_H
#define OPSC_AWS_CREDENTIALS_H

#include "aws/settings.h"
#include "aws/sigv4.h"

/*
 * credentials: who calls, by the sources that the AWS SDKs know, in the order of botocore: the
 * environment (not with --profile), a role of the profile, a web identity, SSO, the credentials
 * file, `aws login`, credential_process, the config file, a container, the instance (IMDSv2 only).
 * The first that is configured counts: when it fails, that is the error, and no other is asked. In
 * a job of GitHub Actions that has AWS_ROLE_ARN and no token file the web identity is GitHub's
 * token.
 *
 * Found when they are asked for; found anew 15 minutes before they expire, where a failure does no
 * harm until 10 minutes before. Keys are overwritten when they are not needed any more, and are in
 * no message.
 */
struct aws_chain;

struct aws_chain *aws_chain_open(struct arena *a, const struct aws_settings *s);
/*
 * The keys, and a number that is another one when they are others; they are valid until the next
 * call. False: there are none (ret_error).
 */
bool aws_chain_keys(struct aws_chain *c, int64_t now_ms, struct aws_keys *ret,
                    unsigned *ret_generation, struct aws_error *ret_error);
/* AWS says that the keys of this generation have expired: true when others may be found. */
bool aws_chain_reject(struct aws_chain *c, unsigned generation);
/* "environment", "role of profile deploy", ...; empty before the first use. */
str aws_chain_source(const struct aws_chain *c);

#endif
