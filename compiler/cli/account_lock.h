/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_ACCOUNT_LOCK_H
#define OPSC_CLI_ACCOUNT_LOCK_H

#include "cli/cli.h"
#include "lock/lock.h"

/*
 * account_lock: the lock of an environment for who writes it: by --lock-timeout and --no-lock, and
 * with words for what goes wrong.
 */

/*
 * CLI_OK: it is taken, or there is none (`ret` is NULL: --no-lock, or a spec that has no place for
 * one, which is said). Otherwise that was told, and nothing may be written.
 */
enum cli_exit account_lock_take(struct cli *c, struct aws_client *client,
                                const struct lock_place *place, str environment, struct lock **ret);
/* Whether a write may be begun; also when there is no lock. */
bool account_lock_is_held(const struct lock *l);
/*
 * After that was false: asks once more, and tells why not. CLI_OK: it is ours again. Calls as
 * aws_client_call() does: not from a `done`.
 */
enum cli_exit account_lock_check(struct cli *c, const struct lock_place *place, struct lock *l);
/* At the end, however it came; `l` may be NULL. What goes wrong is told, and is no failure. */
void account_lock_release(struct cli *c, const struct lock_place *place, struct lock *l);

/* "held by ana@laptop, process 4711, since 2026-..., for reco production", with the run of CI. */
str account_lock_holder(struct cli *c, const struct lock_holder *h);
/* What `opsc lock` and who takes one say of LOCK_FOREIGN, LOCK_UNSAFE and LOCK_FAILED. */
enum cli_exit account_lock_cannot(struct cli *c, const struct lock_place *place,
                                  enum lock_status is, const struct lock_problem *why);
/* "s3://reco-state/ops.tfstate.opsc-lock" */
str account_lock_url(struct cli *c, const struct lock_place *place);

#endif
