/* SPDX-License-Identifier: MIT */
#ifndef OPSC_MODEL_COVERAGE_H
#define OPSC_MODEL_COVERAGE_H

#include "model/config.h"

/*
 * coverage: of each resource of one environment, each alarm that its kind recommends, and what
 * became of it. lower/ makes it when it is asked; it is const afterwards. No day and no waiver is
 * in it.
 */
enum coverage_state {
    COVERAGE_THERE,   /* as the kind recommends it */
    COVERAGE_CHANGED, /* by an exception of the resource */
    COVERAGE_OWN,     /* an alarm of the user's watches the same metric in the same direction */
    COVERAGE_OFF,     /* an exception turns it off */
    COVERAGE_NONE,    /* ops.yaml wants no recommended alarms, of this resource or of all */
    COVERAGE_FREE,    /* the profile free-tier leaves it out */
    COVERAGE_NEEDS,   /* ops.yaml lacks what it takes: a fact, or a log with its metric */
    COVERAGE_PERHAPS, /* whether it is for this resource is not known; not counted */
    COVERAGE_OFFERED, /* the kind has it turned off; not counted */
    COVERAGE_STATES
};

/* Whether it is one of the recommended alarms at all, and whether something watches. */
static inline bool coverage_counts(enum coverage_state s) {
    return s < COVERAGE_PERHAPS;
}
static inline bool coverage_watches(enum coverage_state s) {
    return s <= COVERAGE_OWN;
}

/* One metric of CloudWatch. */
struct coverage_metric {
    str namespace_, metric; /* no metric: it is not known */
    struct coverage_dimension {
        str name, value; /* value empty: Terraform looks it up */
    } * dimensions;
    uint32_t ndimensions;
};

enum coverage_way { COVERAGE_UP = 1, COVERAGE_DOWN = 2, COVERAGE_BOTH = 3 }; /* bits */

struct coverage_alarm {
    str name; /* of the catalog: "cpu-high" */
    enum coverage_state state;
    enum cfg_severity severity;
    str by;        /* the alarm that watches: "web-cpu-high"; empty: none */
    str needs;     /* NEEDS, PERHAPS: "`class` and `storage`" */
    str condition; /* "cpu > 90% for 5m", and why it is worth an alarm */
    str because;
    struct coverage_metric metric; /* that it begins with */
    enum coverage_way way;
    span at; /* what of ops.yaml decides it */
};

struct watched;

struct coverage_resource {
    str name, path; /* "web", "resources.web" */
    str kind, title;
    str region; /* that has its metrics */
    const struct watched *watched;
    struct coverage_alarm *alarms;
    uint32_t nalarms;
    uint32_t watching; /* alarms about it, the user's own as well */
    bool watchable;    /* an alarm could be about it */
    span at;
};

struct coverage {
    struct coverage_resource *items;
    uint32_t n;
};

#endif
