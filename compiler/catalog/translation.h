/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CATALOG_TRANSLATION_H
#define OPSC_CATALOG_TRANSLATION_H

#include "catalog/kind.h"

/*
 * translation: the texts of a kind in another language than English: catalog/es/<kind>.yaml. It has
 * texts only, under the keys of the kind's file; where that has choices, a list of as many texts in
 * the same order.
 */
struct cat_translated {
    struct cfg_text name; /* of a metric or an alarm */
    struct cfg_text doc, because;
    struct cfg_texts action, causes;
};

struct cat_translation {
    struct cfg_text title, doc, section;
    CFG_ITEMS(struct cat_translated) metrics;
    CFG_ITEMS(struct cat_translated) alarms;
    span at;
};

extern const struct schema_table cat_translation_table;

/* The folder of a language beside the English files: "es"; NULL: texts are English. */
const char *translation_folder(enum cfg_language language);

/*
 * Puts the texts of `t` in place of those of `k`. What `t` does not have stays English; what is not
 * as in the kind (a name, a text, the number of choices) is a diagnostic, and stays English too.
 */
void translation_lay(struct diag_list *dl, struct cat_kind *k, const struct cat_translation *t);

#endif
