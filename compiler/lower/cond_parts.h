/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_COND_PARTS_H
#define OPSC_LOWER_COND_PARTS_H

#include "lower/cond.h"

/*
 * cond_parts: what the parts of cond share. Internal to cond*.c.
 */
struct planning {
    struct lower *l;
    const struct expr_condition *c;
    struct cond *out;
    struct cond_wish wish;
    struct operand left;         /* what is compared with the threshold */
    const struct expr *measured; /* it, as it was written */
    const char *change;          /* "change of ", where it is that of `measured` */
};

/* "5m" in the arena. */
str cond_duration(struct arena *a, int64_t s);

/* cond_window.c: period and counts; false after a diagnostic. */
bool cond_choose_period(struct planning *p);
bool cond_choose_counts(struct planning *p);
/* Whether an evaluation can have the samples that `with at least` asks for. */
bool cond_check_samples(struct planning *p);

/* cond_missing.c: what missing data means, and why; false after a diagnostic. */
bool cond_choose_missing(struct planning *p);

#endif
