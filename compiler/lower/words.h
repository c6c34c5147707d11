/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LOWER_WORDS_H
#define OPSC_LOWER_WORDS_H

#include "base/buf.h"
#include "model/config.h"

/*
 * words: what opsc itself says to people in the language of the spec, beside the texts of the
 * catalog and those of templates/runbooks.
 */
enum word {
    WORD_DO,            /* "Do:" */
    WORD_FROM,          /* "From" a file */
    WORD_RUNBOOK,       /* "Runbook:" */
    WORD_PARTS,         /* a sentence: what to do about an alarm over alarms */
    WORD_DASHBOARDS,    /* "Open the dashboards of", before the name of the system */
    WORD_CHANGED,       /* the rest of that sentence */
    WORD_IN_LOG,        /* "In log group", before its name */
    WORD_MATCHING,      /* ", look at the lines that match", behind it */
    WORD_ALARMS,        /* "Alarms": what a dashboard shows first */
    WORD_CONFIGURATION, /* "the configuration" */
    WORD_COUNT
};

const char *word(enum cfg_language language, enum word w);
/* "5 minutes", in the largest unit that divides it. */
void words_duration(struct buf *b, enum cfg_language language, int64_t s);
/* The same behind "every": "minute", "5 minutes". */
void words_every(struct buf *b, enum cfg_language language, int64_t s);
/* "3 of 5 evaluations of 1 minute" */
void words_evaluation(struct buf *b, enum cfg_language language, uint32_t datapoints,
                      uint32_t evaluations, int64_t period_s);

#endif
