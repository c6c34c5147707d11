/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOCK_LOCK_OBJECT_H
#define OPSC_LOCK_LOCK_OBJECT_H

#include "lock/lock.h"

/*
 * lock_object: the object of S3 that a lock is: its text, and the calls that read, write and remove
 * it. All is in the arena.
 */

/* JSON, as docs/lock.md has it. */
str lock_text(struct arena *a, const struct lock_holder *h);

/* What is to be so for the object to be written. */
enum lock_condition { LOCK_IF_NONE, LOCK_IF_SAME /* as `etag` says */ };

/* Calls on the object, without `done`. */
struct aws_call lock_call_get(struct arena *a, const struct lock_place *p);
struct aws_call lock_call_put(struct arena *a, const struct lock_place *p,
                              enum lock_condition condition, str etag, str text);
/* An empty etag: whatever it is. */
struct aws_call lock_call_delete(struct arena *a, const struct lock_place *p, str etag);

/* What the answer to a GET says: FREE, HELD, FOREIGN, UNSAFE (nothing tells one state of the object
 * from another) or FAILED. */
enum lock_status lock_answer_get(struct arena *a, const struct aws_answer *answer,
                                 struct lock_problem *ret);
/* Whether a condition was not met: the object is there, is another one, or is gone. */
bool lock_is_refused(const struct aws_error *e);

#endif
