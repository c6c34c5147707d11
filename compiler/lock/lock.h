/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOCK_LOCK_H
#define OPSC_LOCK_LOCK_H

#include "aws/aws_client.h"

/*
 * lock: who writes an environment does it alone.
 *
 *     switch (lock_take(a, client, &place, &options, &lock, &problem)) ...
 *     if (lock_is_held(lock)) ...    before each write
 *     lock_release(lock, &problem);
 *
 * The lock is an object of S3: made only where there is none (If-None-Match: *), changed and
 * removed only as it was read (If-Match), which S3 does one after the other. It says who holds it,
 * and until when: a lease, renewed at every third while the client runs. Who is killed leaves the
 * object; once its lease is over the next one takes it. Times are AWS's, by the Date of its
 * answers: this machine's clock may be wrong.
 *
 * The holder takes its lock for held for half a lease after a renewal, the others for a whole one:
 * what was begun has the other half to end in.
 */
struct lock_place {
    str bucket, key; /* an empty bucket: there is no lock */
    str region;      /* of the bucket; S3 tells when it is in another one */
};

/* What the object says. Texts are somebody's, of any kind; times are seconds since 1970. */
struct lock_holder {
    str owner;       /* "ana@laptop, process 4711" */
    str run;         /* URL of the run of CI; may be empty */
    str environment; /* "shop production" */
    int64_t began_s, expires_s;
    str id;   /* of this taking, and of no other */
    str etag; /* of the object */
};

#define LOCK_LEASE_S 120

struct lock_options {
    str owner, run, environment;
    unsigned wait_s;  /* for who holds it; 0: not at all */
    unsigned lease_s; /* 0: LOCK_LEASE_S; at least 3 */
    /* Called once for each who is waited for; may be NULL. */
    void (*waiting)(void *ctx, const struct lock_holder *holder);
    void *ctx;
};

enum lock_status {
    LOCK_TAKEN,   /* it is ours */
    LOCK_FREE,    /* it is nobody's */
    LOCK_HELD,    /* somebody else's: `holder` */
    LOCK_FOREIGN, /* the object is no lock of this version of opsc, and was left as it is */
    LOCK_UNSAFE,  /* the store writes whatever the condition: nothing there keeps two apart */
    LOCK_FAILED   /* `error` */
};

struct lock_problem {
    struct lock_holder holder;
    struct aws_error error;
};

struct lock;

/*
 * TAKEN, HELD (after waiting), FOREIGN, UNSAFE or FAILED. That the store keeps to conditions is
 * tried each time, by two requests that it has to refuse. Calls as aws_client_call() does: not from
 * a `done`.
 */
enum lock_status lock_take(struct arena *a, struct aws_client *c, const struct lock_place *place,
                           const struct lock_options *o, struct lock **ret,
                           struct lock_problem *ret_problem);
/* Renews it when it is time to: to be called from time to time in pauses, in which the client does
 * not run. */
void lock_keep(struct lock *l);
/*
 * Whether a write may be begun. Asks nobody. False when it could not be renewed in time, which
 * lock_renew() may mend, and for good when somebody took or broke it.
 */
bool lock_is_held(const struct lock *l);
/*
 * Renews it now, after a pause in which the client did not run, or to hear why it is not held:
 * TAKEN, HELD, FREE (somebody broke it), FOREIGN or FAILED. The last may pass.
 */
enum lock_status lock_renew(struct lock *l, struct lock_problem *ret_problem);
/*
 * FREE, also when it was gone already. HELD, FOREIGN: it is not ours any more, and was left.
 * FAILED: it is free when its lease is over. Works after aws_client_stop() too.
 */
enum lock_status lock_release(struct lock *l, struct lock_problem *ret_problem);

/* Who holds it: FREE, HELD, FOREIGN or FAILED. Texts are in the arena. */
enum lock_status lock_read(struct arena *a, struct aws_client *c, const struct lock_place *place,
                           struct lock_problem *ret);
/* Members of a JSON object: owner, run, environment, began and expires in UTC. */
struct json;
void lock_put_holder(struct json *j, struct arena *a, const struct lock_holder *h);
/* Whether its lease is over: who comes next takes it. */
bool lock_is_over(const struct aws_client *c, const struct lock_holder *h);
/*
 * Removes the lock as it was seen: FREE, also when it was gone already; HELD by another one
 * meanwhile, FOREIGN, FAILED.
 */
enum lock_status lock_break(struct arena *a, struct aws_client *c, const struct lock_place *place,
                            const struct lock_holder *seen, struct lock_problem *ret_problem);

#endif
