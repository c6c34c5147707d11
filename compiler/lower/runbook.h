/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_RUNBOOK_H
#define OPSC_LOWER_RUNBOOK_H

#include "lower/context.h"
#include "model/runbook.h"

/*
 * runbook: fills model/runbook.h from all that was lowered, in l's arena.
 */

/* NULL: ops.yaml wants no pages, or there were errors. `delivery` is left to the caller. */
struct runbook *lower_runbook(struct lower *l);

/* runbook_alarm.c: the alarms; `r` has its receivers and logs. */
void runbook_alarms(struct lower *l, struct runbook *r);
/* runbook_work.c: backups, secrets, budgets. */
void runbook_work(struct lower *l, struct runbook *r);

/* "5 minutes", in the language of the spec. */
str runbook_duration(struct lower *l, int64_t s);
/* The same behind "every": "minute". */
str runbook_every(struct lower *l, int64_t s);

#endif
