/* SPDX-License-Identifier: MIT */
#ifndef OPSC_DIAG_DIAG_H
#define OPSC_DIAG_DIAG_H

#include "base/buf.h"
#include "diag/source.h"

/*
 * diag: problems as data.
 *
 * Whoever finds a problem adds it to the list and goes on; nothing here prints.
 * The command line sorts and renders the list once, at the end (diag/render.h).
 *
 * Messages are lower case, without a full stop, names in `backticks`, true on
 * their own. A hint is advice: a full sentence. No secret goes into either.
 */
enum diag_severity { DIAG_NOTE, DIAG_WARNING, DIAG_ERROR };
/* "note", "warning", "error" */
const char *diag_severity_name(enum diag_severity s);

/* One row per code in diag_codes.def: number, name, severity, title. */
enum diag_code {
#define DIAG_CODE(number, name, severity, title) DIAG_##name,
#include "diag/diag_codes.def"
#undef DIAG_CODE
    DIAG_COUNT
};

struct diag_code_row {
    const char *id; /* "OPS-1042" */
    enum diag_severity severity;
    const char *title;
};
extern const struct diag_code_row diag_codes[DIAG_COUNT];
#define DIAG_NAME_MAX 48
/* The enum's name in lower case with dashes, NUL-terminated: "unknown-key". */
void diag_code_name(enum diag_code code, char out[DIAG_NAME_MAX]);
/* The code with this id ("OPS-1042", "ops-1042", "1042") or name; DIAG_COUNT when there is none. */
enum diag_code diag_find_code(str id_or_name);

struct diag_label {
    span at;
    str text;
};

#define DIAG_LABELS_MAX 2

struct diag {
    enum diag_code code;
    enum diag_severity severity;
    span at;
    str message;
    str label;                               /* beside the carets; may be empty */
    str hint;                                /* may be empty */
    struct diag_label also[DIAG_LABELS_MAX]; /* other places, such as "first defined here" */
    uint32_t nalso;
    uint32_t seq;      /* order of arrival: keeps sorting stable */
    VEC(str) contexts; /* those in which it was found, in order; none: whatever the context */
};

/* Beyond this many of one severity the rest is counted, not kept. */
#define DIAG_KEPT_MAX 1000
/* A message, label or hint longer than this many bytes is cut, and ends in "...". */
#define DIAG_TEXT_MAX 2000

struct diag_list {
    struct arena *arena;
    struct sources *sources;
    VEC(struct diag *) items;
    uint32_t errors, warnings, notes; /* all, also those not kept */
    uint32_t seq;
    VEC(str) contexts;   /* all that there were */
    str context;         /* that of what is added now; empty: none */
    bool cut;            /* some were not kept */
    struct diag scratch; /* what diag_add() returns when nothing is kept */
};

void diag_list_init(struct diag_list *dl, struct arena *a, struct sources *src);

/*
 * Adds a diagnostic with the severity of its code. Never returns NULL, so that
 * hint and labels can follow:
 *     struct diag *d = diag_add(dl, DIAG_UNKNOWN_KEY, at, "unknown key `%.*s`", STR_ARG(key));
 *     diag_hint(dl, d, "Did you mean `%.*s`?", STR_ARG(best));
 */
struct diag *diag_add(struct diag_list *dl, enum diag_code code, span at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void diag_hint(struct diag_list *dl, struct diag *d, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void diag_label(struct diag_list *dl, struct diag *d, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void diag_also(struct diag_list *dl, struct diag *d, span at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * From here on what is added belongs to this context, such as an environment of ops.yaml; an empty
 * name ends that. One that was left may be entered again.
 */
void diag_context(struct diag_list *dl, str name);
/*
 * Whether `d` was found in some contexts only. Never said where that is not sure: when not all
 * diagnostics were kept; of a warning or note beside errors.
 */
bool diag_is_partial(const struct diag_list *dl, const struct diag *d);

/* Sorts by file, position, arrival, and drops exact repetitions: of those, the contexts are
 * collected. */
void diag_sort(struct diag_list *dl);

/*
 * suggest: the nearest of a set of names, by Damerau-Levenshtein distance.
 * Offer candidates one by one; `best` is empty unless one is near enough
 * (at most a third of the length, and at least 1). Of equally near ones it is the first that only
 * adds letters after the first letter, else the first. With none, it is one of which the wanted
 * name is a whole word, or the other way round: `read_latency` for `latency`.
 */
struct suggest {
    str wanted;
    str best;
    uint32_t distance;
    bool by_word; /* `best` shares a word only */
};
struct suggest suggest_for(str wanted);
void suggest_offer(struct suggest *s, str candidate);
/* Whether the list keeps it; of many alike only the first are, and none needs a costly hint. */
bool diag_is_kept(const struct diag_list *dl, const struct diag *d);
/* Adds "Did you mean `x`?" when there is a near name; says whether it did. */
bool diag_suggest(struct diag_list *dl, struct diag *d, const struct suggest *s);

#endif
