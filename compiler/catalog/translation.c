/* SPDX-License-Identifier: MIT */
#include "catalog/translation.h"

#include "schema/schema_rows.h"

#define TEXT(member) .offset = offsetof(struct cat_translated, member)
static const struct schema_row metric_rows[] = {
    {"doc", SCHEMA_TEXT, 0, TEXT(doc), "One sentence.", "CPU en uso."},
    {"do", SCHEMA_TEXTS, 0, TEXT(action), "What to look at first.", "Ejecute top."},
    {"causes", SCHEMA_TEXTS, 0, TEXT(causes), "What is usually behind it.", "[Falta un índice.]"},
};
static const struct schema_row alarm_rows[] = {
    {"because", SCHEMA_TEXT, 0, TEXT(because), "Why it is worth an alarm.",
     "Un disco lleno detiene las escrituras."},
    {"do", SCHEMA_TEXTS, 0, TEXT(action), "What to do.", "Borre ficheros antiguos."},
    {"causes", SCHEMA_TEXTS, 0, TEXT(causes), "What is usually behind it.", "[Falta un índice.]"},
};
static const struct schema_table metric_table = {"a metric's texts",
                                                 ROWS(metric_rows),
                                                 NULL,
                                                 SCHEMA_NO_OFFSET,
                                                 offsetof(struct cat_translated, name),
                                                 SCHEMA_NO_OFFSET};
static const struct schema_table alarm_table = {"an alarm's texts",
                                                ROWS(alarm_rows),
                                                NULL,
                                                SCHEMA_NO_OFFSET,
                                                offsetof(struct cat_translated, name),
                                                SCHEMA_NO_OFFSET};

static const struct schema_row rows[] = {
    {"title", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_translation, title), "What people call it.",
     "Instancia EC2"},
    {"doc", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_translation, doc), "One sentence.",
     "Una máquina virtual."},
    {"section", SCHEMA_TEXT, 0, AT(cat_translation, section), "Heading on the dashboard.",
     "Servidores"},
    {"metrics", SCHEMA_ITEMS, 0, AT(cat_translation, metrics), "Texts of metrics.",
     "{ cpu: { doc: CPU en uso. } }", .table = &metric_table,
     .item_size = sizeof(struct cat_translated)},
    {"alarms", SCHEMA_ITEMS, 0, AT(cat_translation, alarms), "Texts of recommended alarms.",
     "{ cpu-high: { because: No queda margen. } }", .table = &alarm_table,
     .item_size = sizeof(struct cat_translated)},
};
const struct schema_table cat_translation_table = {
    "a translation",  ROWS(rows),      NULL, offsetof(struct cat_translation, at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

const char *translation_folder(enum cfg_language language) {
    return language == CFG_SPANISH ? "es" : NULL;
}

static void lay_text(struct diag_list *dl, struct cfg_text *to, const struct cfg_text *from) {
    if (!given(from->at))
        return;
    if (given(to->at)) {
        *to = *from;
        return;
    }
    struct diag *d = diag_add(dl, DIAG_TRANSLATION, from->at, "the kind has no text here");
    diag_hint(dl, d, "Leave it out, or give the kind its text in English.");
}

static void lay_choice(struct diag_list *dl, struct cat_choice *to, const struct cfg_texts *from) {
    if (!given(from->at))
        return;
    if (from->n != to->n) {
        struct diag *d =
            diag_add(dl, DIAG_TRANSLATION, from->at, "the kind has %u text%s here, found %u", to->n,
                     to->n == 1 ? "" : "s", from->n);
        diag_hint(dl, d, "As many texts as the kind has choices, in their order, without `if`.");
        return;
    }
    for (uint32_t i = 0; i < to->n; i++)
        to->items[i].is = from->items[i];
}

static void no_such(struct diag_list *dl, const char *what, const struct cfg_text *name,
                    struct suggest *near) {
    struct diag *d = diag_add(dl, DIAG_TRANSLATION, name->at, "the kind has no %s `%.*s`", what,
                              STR_ARG(name->text));
    diag_suggest(dl, d, near);
}

static void lay_metric(struct diag_list *dl, struct cat_kind *k, const struct cat_translated *t) {
    struct suggest near = suggest_for(t->name.text);
    for (uint32_t i = 0; i < k->metrics.n; i++) {
        struct cat_metric *m = &k->metrics.items[i];
        suggest_offer(&near, m->name.text);
        if (!str_eq(m->name.text, t->name.text))
            continue;
        lay_text(dl, &m->doc, &t->doc);
        lay_choice(dl, &m->action, &t->action);
        lay_choice(dl, &m->causes, &t->causes);
        return;
    }
    no_such(dl, "metric", &t->name, &near);
}

static void lay_alarm(struct diag_list *dl, struct cat_kind *k, const struct cat_translated *t) {
    struct suggest near = suggest_for(t->name.text);
    for (uint32_t i = 0; i < k->alarms.n; i++) {
        struct cat_alarm *a = &k->alarms.items[i];
        suggest_offer(&near, a->name.text);
        if (!str_eq(a->name.text, t->name.text))
            continue;
        lay_text(dl, &a->because, &t->because);
        lay_choice(dl, &a->action, &t->action);
        lay_choice(dl, &a->causes, &t->causes);
        return;
    }
    no_such(dl, "recommended alarm", &t->name, &near);
}

void translation_lay(struct diag_list *dl, struct cat_kind *k, const struct cat_translation *t) {
    lay_text(dl, &k->title, &t->title);
    lay_text(dl, &k->doc, &t->doc);
    lay_text(dl, &k->section, &t->section);
    for (uint32_t i = 0; i < t->metrics.n; i++)
        lay_metric(dl, k, &t->metrics.items[i]);
    for (uint32_t i = 0; i < t->alarms.n; i++)
        lay_alarm(dl, k, &t->alarms.items[i]);
}
