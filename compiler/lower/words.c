/* SPDX-License-Identifier: MIT */
#include "lower/words.h"

enum { LANGUAGES = CFG_SPANISH + 1 };

static const char *const words[WORD_COUNT][LANGUAGES] = {
    [WORD_DO] = {"Do:", "Qué hacer:"},
    [WORD_FROM] = {"From", "De"},
    [WORD_RUNBOOK] = {"Runbook:", "Guía:"},
    [WORD_PARTS] = {"Look at the alarms that it is made of.",
                    "Mirar las alarmas de las que se compone."},
    [WORD_DASHBOARDS] = {"Open the dashboards of", "Abrir los paneles de"},
    [WORD_CHANGED] = {"and see what changed when it began.", "y mirar qué cambió cuando empezó."},
    [WORD_IN_LOG] = {"In log group", "En el grupo de logs"},
    [WORD_MATCHING] = {", look at the lines that match", ", mirar las líneas que coinciden con"},
    [WORD_ALARMS] = {"Alarms", "Alarmas"},
    [WORD_CONFIGURATION] = {"the configuration", "la configuración"},
};

const char *word(enum cfg_language language, enum word w) {
    return words[w][language];
}

static void put_duration(struct buf *b, enum cfg_language language, int64_t s, bool every) {
    static const struct {
        int64_t s;
        const char *one[LANGUAGES], *many[LANGUAGES];
    } names[] = {{86400, {"day", "día"}, {"days", "días"}},
                 {3600, {"hour", "hora"}, {"hours", "horas"}},
                 {60, {"minute", "minuto"}, {"minutes", "minutos"}},
                 {1, {"second", "segundo"}, {"seconds", "segundos"}}};
    unsigned i = 0;
    while (s % names[i].s != 0)
        i++;
    int64_t n = s / names[i].s;
    if (n != 1 || !every) {
        buf_int(b, n);
        buf_byte(b, ' ');
    }
    buf_text(b, n == 1 ? names[i].one[language] : names[i].many[language]);
}

void words_duration(struct buf *b, enum cfg_language language, int64_t s) {
    put_duration(b, language, s, false);
}

void words_every(struct buf *b, enum cfg_language language, int64_t s) {
    put_duration(b, language, s, true);
}

void words_evaluation(struct buf *b, enum cfg_language language, uint32_t datapoints,
                      uint32_t evaluations, int64_t period_s) {
    bool es = language == CFG_SPANISH;
    if (evaluations == 1)
        buf_text(b, es ? "una evaluación de " : "one evaluation of ");
    else if (datapoints == evaluations)
        buf_printf(b, es ? "%u evaluaciones seguidas de " : "%u evaluations in a row of ",
                   evaluations);
    else
        buf_printf(b, es ? "%u de %u evaluaciones de " : "%u of %u evaluations of ", datapoints,
                   evaluations);
    words_duration(b, language, period_s);
}
