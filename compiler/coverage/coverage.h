/* SPDX-License-Identifier: MIT */
#ifndef OPSC_COVERAGE_COVERAGE_H
#define OPSC_COVERAGE_COVERAGE_H

#include "base/date.h"
#include "base/json.h"
#include "base/map.h"
#include "diag/diag.h"
#include "model/coverage.h"

/*
 * coverage: which recommended alarms there are, of a day: what is waived until then does not count.
 *
 * Filled by compile() with coverage_add(), reckoned by coverage_reckon(); what is shown changes
 * nothing. Everything is in the run's arena.
 */

/* A recommended alarm that counts, or might. */
struct coverage_line {
    const struct coverage_resource *of;
    const struct coverage_alarm *alarm;
    const struct cfg_waiver *waiver; /* NULL: none */
    bool waived;                     /* the waiver holds on that day */
    str account_by; /* an alarm of the account that watches it all the same; empty: none */
};

struct coverage_sums {
    uint32_t there, all;    /* N of M, without what is waived */
    uint32_t waived, over;  /* by waivers that hold; missing, with a waiver past its end */
    uint32_t perhaps;       /* of which it is not known whether they count */
    uint32_t silent;        /* resources without any alarm, that could have one */
    uint32_t found, unseen; /* in the account and not in ops.yaml; of those, without any alarm */
    uint32_t found_waived;
};

/* A resource of the account that ops.yaml does not have. */
struct coverage_found {
    str kind, title, id, region;
    str line; /* for `resources:` of ops.yaml: "legacy-db: { kind: rds, id: legacy-db }"; or empty
               */
    const struct watched *watched;   /* as ops.yaml could have it */
    str by;                          /* the first alarm that watches it; empty: none */
    uint32_t alarms;                 /* that do */
    const struct cfg_waiver *waiver; /* NULL: none */
    bool waived;
};

/* One environment. */
struct coverage_sheet {
    str environment, project; /* the environment is empty when ops.yaml has one only */
    str region, account;
    const struct config *cfg;
    const struct lower_result *low;
    const struct coverage *of;
    VEC(struct coverage_line) lines; /* by resource, as in ops.yaml and the catalog */
    VEC(struct coverage_found) found;
    struct map names;     /* of resources, and of what is found -> uint32_t, the next number */
    struct map made;      /* names of what opsc makes */
    uint32_t *by_account; /* alarms of the account about each resource, not the project's; or NULL
                           */
    bool live;
    struct coverage_sums sums;
};

struct coverage_run {
    struct arena *arena;
    struct diag_list *dl;
    struct date today;
    VEC(struct coverage_sheet *) sheets;
};

struct lower_result;

void coverage_init(struct coverage_run *r, struct arena *a, struct diag_list *dl);
/* One environment; `cfg` and `low` outlive the run. `environment`: as in compile_graph. */
void coverage_add(struct coverage_run *r, const struct config *cfg, const struct lower_result *low,
                  str environment);
/* Lines, waivers and sums, of r->today. Again after the account was read: sums are made anew. */
void coverage_reckon(struct coverage_run *r);

/* Whether it counts as missing. */
bool coverage_is_missing(const struct coverage_line *l);
/* Whether resource `i` has no alarm at all, neither here nor in the account, could have one, and
 * that is not waived. */
bool coverage_is_silent(const struct coverage_run *r, const struct coverage_sheet *s, uint32_t i);
/* N of M as a number from 0 to 100; 100 when nothing is recommended. */
struct num coverage_percent(const struct coverage_sums *s);

/* "there", "turned-off", ...: for JSON. */
const char *coverage_word(enum coverage_state s);
/* What became of an alarm, for people: "`alarms` of ops.yaml turns it off". */
str coverage_why(struct arena *a, const struct coverage_line *l);
/* "ops.yaml:42" */
str coverage_place(struct arena *a, const struct diag_list *dl, span at);

void coverage_text(struct buf *b, const struct coverage_run *r, bool colour);
void coverage_markdown(struct buf *b, const struct coverage_run *r);
void coverage_json(struct buf *b, const struct coverage_run *r);
/* What is missing as diagnostics, for SARIF and GitHub. */
void coverage_diags(struct diag_list *dl, const struct coverage_run *r);

#endif
