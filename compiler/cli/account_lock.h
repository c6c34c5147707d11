/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_ACCOUNT_LOCK_H
#define OPSC_CLI_ACCOUNT_LOCK_H

#include "cli/cli.h"
#include "lock/lock.h"

/*
 * account_lock: the lock of an environment for who writes it: by --lock-timeout and --no-lock, and
 * with words for what goes wrong.
 *
 * Taken before the account is read, for what was read must be so when it is written. From then on
 * signals are held, so that it is let go of however the run ends.
 */
struct account_lock {
    struct cli *c;
    struct lock_place place;
    struct lock *lock; /* NULL: there is none, and whatever is asked of it is well */
};

/*
 * CLI_OK: it is taken, or there is none: --no-lock, or a spec that has no place for one, which is
 * said. Otherwise that was told, and nothing may be written.
 */
enum cli_exit account_lock_take(struct cli *c, struct aws_client *client,
                                const struct lock_place *place, str environment,
                                struct account_lock *ret);
/* Whether a write may be begun. */
bool account_lock_is_held(const struct account_lock *l);
/* To be called once a second where the client does not run: while somebody is asked, or sleeps. */
void account_lock_keep(const struct account_lock *l);
/*
 * Renews it, and tells why when it is not ours any more: before the first write, and when the last
 * one was not begun because it is not held. Not from a `done`.
 */
enum cli_exit account_lock_check(const struct account_lock *l);
/* At the end, however it came. What goes wrong is told, and is no failure. */
void account_lock_release(struct account_lock *l);

/* "ana@laptop, process 4711, since 2026-..., for shop production; ...", with the run of CI. */
str account_lock_holder(struct cli *c, const struct lock_holder *h);
/* What `opsc lock` and who takes one say of LOCK_FOREIGN, LOCK_UNSAFE and LOCK_FAILED. */
enum cli_exit account_lock_cannot(struct cli *c, const struct lock_place *place,
                                  enum lock_status is, const struct lock_problem *why);
/* "s3://reco-state/ops.tfstate.opsc-lock" */
str account_lock_url(struct cli *c, const struct lock_place *place);

#endif
