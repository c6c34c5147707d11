/* SPDX-License-Identifier: MIT */
#include "lower/schedule.h"

#define DAY_MAX 28 /* a day that every month has */
#define UNSAID_HOUR 3

static const char *const unit_words[] = {"day", "week", "month", NULL};
static const char *const weekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};

/* A word of the text, in lower case. */
static str next_word(struct lower *l, str *rest) {
    *rest = str_trim(*rest);
    str word = str_split(rest, ' ');
    unsigned char *p = arena_alloc(l->scratch, (size_t)word.n + 1, 1);
    for (uint32_t i = 0; i < word.n; i++)
        p[i] = ascii_lower(word.p[i]);
    return (str){p, word.n};
}

/* Digits only; -1: not a number of at most two. */
static int number(str s) {
    int n = 0;
    if (s.n == 0 || s.n > 2)
        return -1;
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return -1;
        n = n * 10 + (s.p[i] - '0');
    }
    return n;
}

/* A weekday by its name or its first three letters; -1: none. */
static int weekday_of(str word) {
    for (int i = 0; i < 7; i++) {
        str full = str_c(weekdays[i]);
        bool whole = word.n == full.n || word.n == 3;
        for (uint32_t k = 0; whole && k < word.n; k++)
            whole = (full.p[k] | 0x20) == word.p[k];
        if (whole)
            return i;
    }
    return -1;
}

static bool read_on(struct schedule *s, str word) {
    if (s->unit == SCHEDULE_WEEK) {
        s->weekday = weekday_of(word);
        return s->weekday >= 0;
    }
    s->day = number(word);
    return s->unit == SCHEDULE_MONTH && s->day >= 1 && s->day <= DAY_MAX;
}

static bool read_at(struct schedule *s, str word) {
    str hours = str_split(&word, ':');
    s->hour = number(hours);
    s->minute = word.n == 2 ? number(word) : -1;
    return s->hour >= 0 && s->hour < 24 && s->minute >= 0 && s->minute < 60;
}

static bool bad(struct lower *l, span at, const char *why) {
    struct diag *d = diag_add(l->dl, DIAG_BAD_SCHEDULE, at, "%s", why);
    diag_hint(l->dl, d,
              "Write `day at 03:15`, `week on sunday at 04:30` or `month on 1 at 02:00`; times are "
              "UTC, and a day of the month is one that every month has, 1 to 28.");
    return false;
}

bool schedule_read(struct lower *l, const struct cfg_text *t, struct schedule *ret) {
    if (!given(t->at))
        return false; /* it is required, and was missed already */
    struct schedule s = {.day = 1, .hour = UNSAID_HOUR};
    str rest = t->text;
    str word = next_word(l, &rest);
    if (str_is(word, "every"))
        word = next_word(l, &rest);
    int unit = 0;
    while (unit_words[unit] != NULL && !str_is(word, unit_words[unit]))
        unit++;
    if (unit_words[unit] == NULL)
        return bad(l, t->at, "a schedule begins with day, week or month");
    s.unit = (enum schedule_unit)unit;
    word = next_word(l, &rest);
    if (str_is(word, "on")) {
        if (!read_on(&s, next_word(l, &rest)))
            return bad(l, t->at, "after `on` comes a day that such a schedule can have");
        word = next_word(l, &rest);
    }
    if (str_is(word, "at")) {
        if (!read_at(&s, next_word(l, &rest)))
            return bad(l, t->at, "after `at` comes a time such as 04:30");
        word = next_word(l, &rest);
        if (str_is(word, "utc"))
            word = next_word(l, &rest);
    }
    if (word.n > 0 || str_trim(rest).n > 0)
        return bad(l, t->at, "this is no schedule to its end");
    *ret = s;
    return true;
}

int64_t schedule_every_s(const struct schedule *s) {
    static const int days[] = {1, 7, 31};
    return (int64_t)days[s->unit] * DAY_S;
}

str schedule_calendar(struct arena *a, const struct schedule *s) {
    switch (s->unit) {
    case SCHEDULE_WEEK:
        return arena_printf(a, "%.3s *-*-* %02d:%02d:00 UTC", weekdays[s->weekday], s->hour,
                            s->minute);
    case SCHEDULE_MONTH:
        return arena_printf(a, "*-*-%02d %02d:%02d:00 UTC", s->day, s->hour, s->minute);
    case SCHEDULE_DAY:
        break;
    }
    return arena_printf(a, "*-*-* %02d:%02d:00 UTC", s->hour, s->minute);
}

str schedule_words(struct arena *a, const struct schedule *s) {
    switch (s->unit) {
    case SCHEDULE_WEEK:
        return arena_printf(a, "every week on %s at %02d:%02d UTC", weekdays[s->weekday], s->hour,
                            s->minute);
    case SCHEDULE_MONTH:
        return arena_printf(a, "every month on day %d at %02d:%02d UTC", s->day, s->hour,
                            s->minute);
    case SCHEDULE_DAY:
        break;
    }
    return arena_printf(a, "every day at %02d:%02d UTC", s->hour, s->minute);
}

static str spanish(struct arena *a, const struct schedule *s) {
    static const char *const days[] = {"domingo", "lunes",   "martes", "miércoles",
                                       "jueves",  "viernes", "sábado"};
    switch (s->unit) {
    case SCHEDULE_WEEK:
        return arena_printf(a, "cada semana, el %s a las %02d:%02d UTC", days[s->weekday], s->hour,
                            s->minute);
    case SCHEDULE_MONTH:
        return arena_printf(a, "cada mes, el día %d a las %02d:%02d UTC", s->day, s->hour,
                            s->minute);
    case SCHEDULE_DAY:
        break;
    }
    return arena_printf(a, "cada día a las %02d:%02d UTC", s->hour, s->minute);
}

str schedule_words_in(struct arena *a, const struct schedule *s, enum cfg_language language) {
    return language == CFG_SPANISH ? spanish(a, s) : schedule_words(a, s);
}
