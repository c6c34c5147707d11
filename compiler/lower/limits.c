/* SPDX-License-Identifier: MIT */
#include "lower/describe.h"

/* "Tag naming limits and requirements" of AWS. */
#define TAGS_MAX 50
#define TAG_KEY_MAX 128
#define TAG_VALUE_MAX 256
/* "CloudWatch Logs quotas": metric filters of one log group; PutQueryDefinition: queryString. */
#define FILTERS_MAX 100
#define QUERY_MAX 10000

static void too_long(struct lower *l, span at, const char *what, uint32_t n, uint32_t max,
                     const char *hint) {
    struct diag *d = diag_add(l->dl, DIAG_LIMIT_LENGTH, at,
                              "%s has at most %u characters, this has %u", what, max, n);
    diag_hint(l->dl, d, "%s", hint);
}

static void check_names(struct lower *l) {
    for (uint32_t i = 0; i < l->graph->nodes.n; i++) {
        const struct node *n = l->graph->nodes.at[i];
        uint32_t max = n->kind->name_max;
        if (max == 0 || n->name.n <= max)
            continue;
        struct diag *d = diag_add(l->dl, DIAG_LIMIT_LENGTH, n->at,
                                  "the name of this %s has at most %u characters, `%.*s` has %u",
                                  n->kind->title, max, STR_ARG(n->name), n->name.n);
        diag_hint(l->dl, d,
                  "opsc joins the names of the project, the environment and more: "
                  "shorten one of them.");
    }
}

/* What AWS lets into tags of every service. */
static bool is_tag_text(str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];
        if (c < 0x20 || c == 0x7f || (c < 0x80 && strchr("!\"#$%&'()*,;<>?[\\]^`{|}~", c) != NULL))
            return false;
    }
    return true;
}

static void check_tag(struct lower *l, const struct cfg_pair *p) {
    uint32_t nkey = utf8_count(p->key.text), nvalue = utf8_count(p->value.text);
    str head = str_sub(p->key.text, 0, 4);
    bool reserved = head.n == 4 && (head.p[0] | 0x20) == 'a' && (head.p[1] | 0x20) == 'w' &&
                    (head.p[2] | 0x20) == 's' && head.p[3] == ':';
    if (nkey > TAG_KEY_MAX)
        too_long(l, p->key.at, "the name of a tag", nkey, TAG_KEY_MAX, "Shorten it.");
    if (nvalue > TAG_VALUE_MAX)
        too_long(l, p->value.at, "the value of a tag", nvalue, TAG_VALUE_MAX, "Shorten it.");
    if (reserved) {
        struct diag *d = diag_add(l->dl, DIAG_BAD_FORMAT, p->key.at,
                                  "a tag cannot begin with `aws:`, which is AWS's own");
        diag_hint(l->dl, d, "Call it `%.*s`.", STR_ARG(str_sub(p->key.text, 4, p->key.text.n)));
    }
    const struct cfg_text *bad = !is_tag_text(p->key.text) ? &p->key : &p->value;
    if (p->key.text.n > 0 && is_tag_text(bad->text))
        return;
    struct diag *d = diag_add(l->dl, DIAG_BAD_FORMAT, bad->at, "AWS does not take this as a tag");
    diag_hint(l->dl, d, "A tag has letters, digits, blanks and _ . : / = + - @ in it.");
}

static void check_tags(struct lower *l) {
    const struct cfg_pairs *t = &l->cfg->aws.tags;
    for (uint32_t i = 0; i < t->n; i++)
        check_tag(l, &t->items[i]);
    if (t->n <= TAGS_MAX)
        return;
    struct diag *d = diag_add(l->dl, DIAG_LIMIT_COUNT, t->items[TAGS_MAX].key.at,
                              "a resource has at most %d tags, these are %u", TAGS_MAX, t->n);
    diag_hint(l->dl, d, "Remove what nobody searches or bills by.");
}

static void check_log(struct lower *l, const struct log *log) {
    uint32_t filters = 0;
    for (uint32_t i = 0; i < log->metrics.n; i++) {
        if (!log->metrics.at[i]->used || ++filters != FILTERS_MAX + 1)
            continue;
        struct diag *d = diag_add(l->dl, DIAG_LIMIT_COUNT, log->metrics.at[i]->at,
                                  "log group `%.*s` has more than %d metrics; CloudWatch takes no "
                                  "more metric filters of one group",
                                  STR_ARG(log->group), FILTERS_MAX);
        diag_hint(l->dl, d, "Send part of the lines to another group: a second entry of `logs:`.");
    }
    for (uint32_t i = 0; i < log->queries.n; i++) {
        const struct cfg_text *q = &log->queries.items[i].value;
        if (q->text.n > QUERY_MAX)
            too_long(l, q->at, "a saved query", q->text.n, QUERY_MAX, "Shorten it.");
    }
}

static void check_description(struct lower *l, const struct cfg_text *t) {
    /* There are no more characters than bytes. */
    uint32_t n = t->text.n > DESCRIPTION_MAX ? utf8_count(t->text) : 0;
    if (n > DESCRIPTION_MAX)
        too_long(l, t->at, "the description of an alarm", n, DESCRIPTION_MAX,
                 "Put the long form behind `runbook:`.");
}

void lower_limits(struct lower *l) {
    check_tags(l);
    for (uint32_t i = 0; i < l->cfg->alarms.list.n; i++) {
        check_description(l, &l->cfg->alarms.list.items[i].description);
        check_description(l, &l->cfg->alarms.list.items[i].action);
    }
    for (uint32_t i = 0; i < l->logs.n; i++)
        check_log(l, l->logs.at[i]);
    check_names(l);
}
