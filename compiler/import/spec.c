/* SPDX-License-Identifier: MIT */
#include "import/parts.h"
#include "import/yaml_text.h"

#define COMMENT_MAX 200 /* of a name that is not under our control */

const struct value *import_get(const struct entry *e, const char *attr) {
    int i = resource_attr_index(e->have->kind->attrs, e->have->kind->nattrs, attr);
    return i < 0 ? NULL : e->have->attrs[i];
}

str import_text(const struct entry *e, const char *attr) {
    const struct value *v = import_get(e, attr);
    return v == NULL || v->type != VALUE_STR ? STR("") : v->text;
}

/* ---- exactly */

/* What other keys say, unless they cannot. */
static bool is_said(const struct resource_attr *row) {
    static const char *const keys[] = {"alarm_name", "alarm_actions", "ok_actions",
                                       "actions_enabled"};
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcmp(row->tf, keys[i]) == 0)
            return true;
    }
    return (row->flags & (ATTR_COMPUTED | ATTR_TAGS | ATTR_IDENTITY)) != 0;
}

static bool is_block(const struct resource_attr *row) {
    return row->type == ATTR_BLOCK || row->type == ATTR_BLOCKS;
}

static bool is_given(const struct resource_attr *row, const struct value *v) {
    if (is_said(row) || v == NULL || (row->api == NULL && !is_block(row)))
        return false;
    bool empty = (v->type == VALUE_LIST && v->list.n == 0) ||
                 (v->type == VALUE_MAP && v->map.n == 0) ||
                 (v->type == VALUE_STR && v->text.n == 0);
    return !empty && (v->type != VALUE_STR || row->def == NULL || !str_is(v->text, row->def));
}

/* Nothing where opsc would make something. */
static void put_nothing(struct buf *b, const struct resource_attr *row) {
    bool list = row->type == ATTR_STR_SET || row->type == ATTR_STR_LIST;
    if (row->type == ATTR_NUM && row->def != NULL)
        buf_printf(b, " %s", row->def);
    else
        buf_text(b, list ? " []" : row->type == ATTR_STR ? " \"\"" : " null");
}

/* Beside a condition there is little of it: one line. */
void import_put_exactly(struct import *im, struct buf *b, const struct entry *e) {
    (void)im;
    bool any = false, flow = e->form != FORM_EXACT;
    for (uint32_t i = 0; i < e->have->kind->nattrs; i++) {
        const struct resource_attr *row = &e->have->kind->attrs[i];
        const struct value *v = e->have->attrs[i];
        bool asked = (e->exact >> i & 1) != 0;
        if (!asked && (flow || !is_given(row, v)))
            continue;
        buf_text(b, !any ? flow ? "    exactly: { " : "    exactly:\n" : flow ? ", " : "");
        buf_printf(b, "%s%s:", flow ? "" : "      ", row->tf);
        if (v == NULL)
            put_nothing(b, row);
        else
            yaml_put_attribute(b, row, v, 8);
        buf_text(b, flow ? "" : "\n");
        any = true;
    }
    buf_text(b, any && flow ? " }\n" : "");
}

/* ---- the spec */

static void put_head(const struct import *im, struct buf *b) {
    const struct import_options *o = im->o;
    buf_printf(
        b,
        "# What account %.*s has in %.*s, by opsc import. `opsc plan` finds nothing to change "
        "in what is\n# here.\nopsc: 1\nproject: ",
        STR_ARG(im->ret->live.account), STR_ARG(o->region));
    yaml_put_text(b, o->project);
    BUF_LIT(b, "\nenvironment: ");
    yaml_put_text(b, o->environment);
    buf_printf(b, "\n\naws:\n  region: %.*s\n  account: \"%.*s\"\n", STR_ARG(o->region),
               STR_ARG(im->ret->live.account));
    if (!im->default_tags)
        BUF_LIT(
            b,
            "  default_tags: false   # what is here gets no tags of opsc's until this is gone\n");
}

static void put_notify(const struct import *im, struct buf *b) {
    if (im->notified.n > 0)
        BUF_LIT(b, "\nnotify:\n");
    for (uint32_t i = 0; i < im->notified.n; i++) {
        buf_printf(b, "  %.*s: { action: ", STR_ARG(im->notified.at[i].key));
        yaml_put_text(b, im->notified.at[i].arn);
        BUF_LIT(b, " }\n");
    }
}

static void put_routes(const struct import *im, struct buf *b) {
    bool any = false;
    for (uint32_t i = 0; i < im->notified.n; i++) {
        str severity = import_severity(im, im->notified.at[i].arn);
        if (severity.n == 0)
            continue;
        buf_text(b, any ? "" : "\nroutes:\n");
        buf_printf(b, "  %.*s: [%.*s]\n", STR_ARG(severity), STR_ARG(im->notified.at[i].key));
        any = true;
    }
}

static void note_use(struct import *im) {
    for (uint32_t i = 0; i < im->seen.n; i++)
        im->seen.at[i]->used = im->seen.at[i]->recommended = false;
    for (uint32_t i = 0; i < im->entries.n; i++) {
        struct entry *e = im->entries.at[i];
        if (e->form >= FORM_EXACT || e->of == NULL)
            continue;
        e->of->used = true;
        e->of->recommended |= e->form == FORM_RECOMMENDED;
    }
}

/* The catalog's alarms, but for those that the account has not. */
static void put_recommended(struct buf *b, const struct seen *s) {
    if (!s->recommended)
        return;
    buf_text(b, s->off.n == 0 ? ", alarms: recommended" : ", alarms: { ");
    for (uint32_t i = 0; i < s->off.n; i++)
        buf_printf(b, "%s%.*s: off", i > 0 ? ", " : "", STR_ARG(s->off.at[i]));
    buf_text(b, s->off.n == 0 ? "" : " }");
}

static void put_resources(struct import *im, struct buf *b) {
    bool any = false;
    note_use(im);
    for (uint32_t i = 0; i < im->seen.n; i++) {
        struct seen *s = im->seen.at[i];
        s->start = s->end = 0;
        if (!s->used || s->kind->implicit.value)
            continue;
        buf_text(b, any ? "" : "\nresources:\n");
        any = true;
        s->start = (uint32_t)b->n;
        buf_printf(b, "  %.*s: { kind: %.*s", STR_ARG(s->name), STR_ARG(s->kind->kind.text));
        for (uint32_t k = 0; k < s->attributes.n; k++) {
            buf_printf(b, ", %.*s: ", STR_ARG(s->attributes.at[k].key.text));
            yaml_put_text(b, s->attributes.at[k].value.text);
        }
        put_recommended(b, s);
        BUF_LIT(b, " }\n");
        s->end = (uint32_t)b->n;
    }
}

static void put_entries(struct import *im, struct buf *b) {
    const char *key = "", *type = "";
    for (uint32_t i = 0; i < im->entries.n; i++) {
        struct entry *e = im->entries.at[i];
        e->start = e->end = 0;
        if (e->form == FORM_LEFT || e->form == FORM_RECOMMENDED)
            continue;
        if (strcmp(key, e->section->key) != 0)
            buf_printf(b, "\n%s:\n", e->section->key);
        if (strcmp(key, e->section->key) != 0 && strcmp(e->section->key, "alarms") == 0)
            BUF_LIT(b, "  recommended: none\n");
        key = e->section->key;
        if (e->section->by_type && strcmp(type, e->section->kind->tf) != 0)
            buf_printf(b, "  %s:\n", e->section->kind->tf);
        type = e->section->kind->tf;
        e->start = (uint32_t)b->n;
        buf_printf(b, "%s%.*s:\n", e->section->by_type ? "    " : "  ", STR_ARG(e->key));
        e->section->put(im, b, e);
        e->end = (uint32_t)b->n;
    }
}

static bool has_section(const struct import *im, const char *key) {
    for (uint32_t i = 0; i < im->entries.n; i++) {
        if (im->entries.at[i]->form != FORM_LEFT && im->entries.at[i]->form != FORM_RECOMMENDED &&
            strcmp(im->entries.at[i]->section->key, key) == 0)
            return true;
    }
    return false;
}

/* A line of a comment, whatever is in the name. */
static void put_left(struct buf *b, const struct entry *e) {
    str name = utf8_cut(e->have->name, COMMENT_MAX);
    buf_printf(b, "#   %s ", e->have->kind->title);
    yaml_put_text(b, name);
    buf_printf(b, "%s: %.*s\n", name.n < e->have->name.n ? "..." : "", STR_ARG(e->why));
}

static void put_all_left(const struct import *im, struct buf *b) {
    bool any = false;
    for (uint32_t i = 0; i < im->entries.n; i++) {
        if (im->entries.at[i]->form != FORM_LEFT)
            continue;
        buf_text(b, any ? "" : "\n# The account has these as well, and they are not here:\n");
        any = true;
        put_left(b, im->entries.at[i]);
    }
}

void import_put_spec(struct import *im, struct buf *b, bool last) {
    buf_clear(b);
    put_head(im, b);
    put_notify(im, b);
    put_routes(im, b);
    put_resources(im, b);
    if (!has_section(im, "alarms"))
        BUF_LIT(b, "\nalarms: none\n");
    BUF_LIT(b, "\ndashboards: none\n");
    put_entries(im, b);
    if (last)
        put_all_left(im, b);
}
