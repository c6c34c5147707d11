/* SPDX-License-Identifier: MIT */
#include "iam/arn.h"

#include "base/buf.h"
#include "iam/statement.h"
#include "resource/resource.h"

#define ARN_MAX (1u << 16)
/* Stands for an account that is not known, and in no name: patterns are made of it at the end. */
#define ANY "\001"

/* A form that is being filled, for one node. */
struct filling {
    struct arns_of *f;
    const struct node *n;
    bool prefix; /* attributes are not the node's, but anything that begins with the prefix */
    struct arn_list *ret;
};

struct found {
    const struct resource_attr *row; /* NULL: the kind has no such attribute */
    const struct value *value;
};

void arn_init(struct arns_of *f, struct arena *a, const struct graph *g,
              const struct allow_options *o) {
    f->a = a;
    f->o = o;
    f->context = (struct diff_options){.partition = o->partition,
                                       .region = o->region,
                                       .account = o->account.n > 0 ? o->account : STR(ANY)};
    known_init(&f->known, a, g, graph_new(a), &f->context);
}

static struct found find(struct arena *a, const struct node *n, str path) {
    const struct resource_attr *rows = n->kind->attrs;
    uint32_t nrows = n->kind->nattrs;
    struct value *const *attrs = n->attrs;
    for (;;) {
        str z = arena_str(a, str_split(&path, '.'));
        int i = resource_attr_index(rows, nrows, (const char *)z.p);
        if (i < 0)
            return (struct found){0};
        if (path.n == 0)
            return (struct found){&rows[i], attrs[i]};
        if (attrs[i] == NULL || attrs[i]->type != VALUE_BLOCK)
            return (struct found){&rows[i], NULL};
        attrs = attrs[i]->block.attrs;
        nrows = rows[i].nblock;
        rows = rows[i].block;
    }
}

static void fill(struct filling *q, str rest, str done);

/* What a name in "${}" stands for; then the rest of the form. */
static void with(struct filling *q, str rest, str done, str value) {
    struct arena *a = q->f->a;
    fill(q, rest, arena_cat(a, done, value));
}

static void with_value(struct filling *q, str rest, str done, const struct value *v) {
    if (v->type == VALUE_LIST) {
        for (uint32_t i = 0; i < v->list.n; i++)
            with_value(q, rest, done, v->list.items[i]);
    } else if (v->type == VALUE_STR) {
        with(q, rest, done, iam_literal(q->f->a, v->text, "*?$"));
    } else {
        with(q, rest, done, STR(ANY));
    }
}

static bool fixed(const struct filling *q, str name, str *ret) {
    const struct diff_options *o = &q->f->context;
    bool global = q->n->region == GRAPH_REGION_GLOBAL;
    if (str_is(name, "partition"))
        *ret = o->partition;
    else if (str_is(name, "region"))
        *ret = global ? STR(GRAPH_GLOBAL_NAME) : o->region;
    else if (str_is(name, "account"))
        *ret = o->account;
    else
        return false;
    return true;
}

/* A function may be written as its ARN: the name is what follows the last colon. */
static const struct value *named(struct filling *q, struct found at) {
    const struct value *v = known_value(&q->f->known, q->n, at.value);
    if (at.row == NULL || at.row->read_after == 0 || v->type != VALUE_STR)
        return v;
    return value_str(q->f->a, str_after_last(v->text, at.row->read_after), v->at);
}

static void attribute(struct filling *q, str rest, str done, str name) {
    struct arena *a = q->f->a;
    struct found at = find(a, q->n, name);
    bool computed = at.row != NULL && (at.row->flags & ATTR_COMPUTED) != 0;
    if (computed && at.row->made != NULL)
        fill(q, arena_cat(a, str_c(at.row->made), rest), done);
    else if (q->prefix && (at.row != NULL || str_is(name, "name")))
        with(q, rest, done, arena_cat(a, q->f->o->prefix, STR(ANY)));
    else if (at.row != NULL && at.value != NULL)
        with_value(q, rest, done, named(q, at));
    else if (computed)
        with(q, rest, done, STR(ANY));
    else if (at.row == NULL && str_is(name, "name") && q->n->name.n > 0)
        with(q, rest, done, iam_literal(a, q->n->name, "*?$"));
}

/* "...:alarm:reco-production-high-cpu" -> "...:alarm:reco-production-*" */
static str shorten(const struct filling *q, str arn) {
    str prefix = q->f->o->prefix;
    for (uint32_t i = 1; prefix.n > 0 && i + prefix.n <= arn.n; i++) {
        bool begins = arn.p[i - 1] == ':' || arn.p[i - 1] == '/';
        if (begins && str_starts(str_sub(arn, i, arn.n), prefix))
            return arena_cat(q->f->a, str_sub(arn, 0, i + prefix.n), STR(ANY));
    }
    return arn;
}

static void add(struct filling *q, str arn) {
    struct buf b = BUF_INIT(ARN_MAX);
    str s = shorten(q, arn);
    for (uint32_t i = 0; i < s.n; i++)
        buf_byte(&b, s.p[i] == ANY[0] ? '*' : s.p[i]);
    VEC_PUSH(q->f->a, &q->ret->items, buf_keep(&b, q->f->a));
}

static void fill(struct filling *q, str rest, str done) {
    struct arena *a = q->f->a;
    uint32_t at = 0;
    while (at < rest.n && !str_starts(str_sub(rest, at, rest.n), STR("${")))
        at++;
    done = arena_cat(a, done, str_sub(rest, 0, at));
    if (at == rest.n) {
        add(q, done);
        return;
    }
    rest = str_sub(rest, at + 2, rest.n);
    str name = str_split(&rest, '}'), value;
    if (fixed(q, name, &value))
        with(q, rest, done, value);
    else
        attribute(q, rest, done, name);
}

static void fill_all(struct filling *q, const char *form) {
    for (str rest = str_c(form); rest.n > 0;)
        fill(q, str_split(&rest, ' '), STR(""));
}

void arn_of_node(struct arns_of *f, const struct node *n, const char *form, struct arn_list *ret) {
    struct filling q = {f, n, false, ret};
    fill_all(&q, form);
}

void arn_of_prefix(struct arns_of *f, const struct node *like, const char *form,
                   struct arn_list *ret) {
    struct arn_list all = {0};
    struct filling q = {f, like, true, &all};
    fill_all(&q, form);
    /* An ARN that is an attribute begins with no prefix. */
    for (uint32_t i = 0; i < all.items.n; i++) {
        if (str_starts(all.items.at[i], STR("arn:")))
            VEC_PUSH(f->a, &ret->items, all.items.at[i]);
    }
}

bool arn_has(const struct node *n, const char *path) {
    int i = resource_attr_index(n->kind->attrs, n->kind->nattrs, path);
    const struct value *v = i < 0 ? NULL : n->attrs[i];
    return v != NULL && v->type != VALUE_UNSET && !(v->type == VALUE_BOOL && !v->boolean);
}
