/* SPDX-License-Identifier: MIT */
#ifndef OPSC_RUNBOOK_PAGES_H
#define OPSC_RUNBOOK_PAGES_H

#include "runbook/runbook.h"
#include "tmpl/tmpl.h"

/*
 * pages: what the pages have in common. Values are named as in templates/runbooks; a flag is "1" or
 * empty.
 */
struct pages {
    struct arena *a;    /* of the texts that stay */
    struct arena *page; /* of one page; cleared after it */
    const struct runbook *r;
    struct output *out;
    bool bill; /* something watches what it costs */
};

/* templates/runbooks/<language>/<name>.md, found once for many pages. */
str pages_template(const struct pages *p, const char *name);
/* Renders into docs/runbooks/<path>.md. */
void pages_add(struct pages *p, str path, str text, const struct map *values);

void pages_set(struct pages *p, struct map *values, const char *name, str text);
void pages_flag(struct pages *p, struct map *values, const char *name, bool on);
/* A list whose items have one value each, `item`. */
void pages_texts(struct pages *p, struct map *values, const char *name, const char *item,
                 const struct runbook_texts *texts);
/* Who is told: name, and a list of the ways, each with one flag. */
void pages_receiver(struct pages *p, struct map *values, const struct runbook_receiver *r);
/* Names of the system that every page may have, and which procedures there are. */
void pages_common(struct pages *p, struct map *values);

/* alarm.c: the page of an alarm; `text` is its template. */
void pages_alarm(struct pages *p, const struct runbook_alarm *al, str text);
/* procedures.c: those that apply. */
void pages_procedures(struct pages *p);
/* index.c: README.md and the first day on call, which list what there is. */
void pages_index(struct pages *p);

#endif
