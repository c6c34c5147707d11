/* SPDX-License-Identifier: MIT */
/* What is no alarm: log groups in the language, all else as AWS has it. */
#include "import/parts.h"
#include "import/yaml_text.h"

/* ---- log groups */

bool import_begin_log(struct import *im, struct entry *e) {
    const struct value *days = import_get(e, "retention_in_days");
    int at = resource_attr_index(e->have->kind->attrs, e->have->kind->nattrs, "retention_in_days");
    str folder =
        arena_printf(im->a, "/%.*s/%.*s/", STR_ARG(im->o->project), STR_ARG(im->o->environment));
    str name = e->have->name;
    if (str_starts(name, folder))
        name = str_sub(name, folder.n, name.n);
    e->key = import_key(im, &im->log_names, name);
    e->form = FORM_FULL;
    e->full = STR("group");
    if (days == NULL)
        e->exact |= UINT64_C(1) << at;
    return true;
}

void import_put_log(struct import *im, struct buf *b, const struct entry *e) {
    const struct value *days = import_get(e, "retention_in_days");
    BUF_LIT(b, "    group: ");
    yaml_put_text(b, e->have->name);
    if (days != NULL && days->type == VALUE_NUM && num_is_int(days->number))
        buf_printf(b, "\n    retention: %lldd", (long long)days->number.n);
    buf_byte(b, '\n');
    if (str_is(import_text(e, "log_group_class"), "INFREQUENT_ACCESS"))
        BUF_LIT(b, "    class: infrequent-access\n");
    if (import_text(e, "kms_key_id").n > 0) {
        BUF_LIT(b, "    kms_key: ");
        yaml_put_text(b, import_text(e, "kms_key_id"));
        buf_byte(b, '\n');
    }
    import_put_exactly(im, b, e);
}

/* ---- as AWS has it */

str import_name(const struct node *n) {
    return str_starts(n->name, STR("arn:")) ? str_after_last(n->name, ':') : n->name;
}

static bool is_by_aws(const struct node *n) {
    const struct value *v = n->kind->by_aws_attr == NULL ? NULL : node_get(n, n->kind->by_aws_attr);
    return v != NULL && v->type == VALUE_STR && str_is(v->text, n->kind->by_aws);
}

bool import_begin_rest(struct import *im, struct entry *e) {
    str name = import_name(e->have);
    e->form = FORM_EXACT;
    if (str_starts(name, im->prefix))
        name = str_sub(name, im->prefix.n, name.n);
    e->key = import_key(im, &im->rest_names[e->section - import_sections], name);
    if (!is_by_aws(e->have))
        return true;
    e->why = STR("AWS made it for a chat");
    return false;
}

static bool is_empty(const struct value *v) {
    return (v->type == VALUE_LIST && v->list.n == 0) || (v->type == VALUE_MAP && v->map.n == 0) ||
           (v->type == VALUE_STR && v->text.n == 0);
}

void import_put_rest(struct import *im, struct buf *b, const struct entry *e) {
    (void)im;
    for (uint32_t i = 0; i < e->have->kind->nattrs; i++) {
        const struct resource_attr *row = &e->have->kind->attrs[i];
        const struct value *v = e->have->attrs[i];
        bool block = row->type == ATTR_BLOCK || row->type == ATTR_BLOCKS;
        bool said =
            v != NULL && v->type == VALUE_STR && row->def != NULL && str_is(v->text, row->def);
        if (v == NULL || said || is_empty(v) || (row->api == NULL && !block) ||
            (row->flags & (ATTR_COMPUTED | ATTR_TAGS)) != 0)
            continue;
        buf_printf(b, "      %s:", row->tf);
        yaml_put_attribute(b, row, v, 8);
        buf_byte(b, '\n');
    }
}
