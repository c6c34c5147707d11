/* SPDX-License-Identifier: MIT */
#include "yaml/yaml_build.h"

#include "base/map.h"
#include "yaml/yaml_keys.h"
#include "yaml/yaml_problem.h"

#include <assert.h>
#include <yaml.h>

#define CORE_TAG "tag:yaml.org,2002:"

/* A collection that is being read. Its children are on the stack of nodes, from `first` on. */
struct frame {
    struct yaml_node *node;
    uint32_t first;
    uint32_t nodes_before;
};

/* A name may be given again: later aliases mean the later node. */
struct anchor {
    struct yaml_node *node;
};

struct builder {
    struct arena *arena, *texts;
    struct diag_list *dl;
    struct yaml_text *text;
    struct frame frames[YAML_DEPTH_MAX];
    uint32_t depth;
    VEC(struct yaml_node *) stack;
    struct map anchors;
    struct yaml_node *root;
    struct yaml_node *nothing;    /* stands for what an alias did not give */
    const struct yaml_node *last; /* the last scalar */
    uint32_t nodes;               /* so far, aliases expanded */
    uint32_t last_end;            /* of the last thing with text: where block collections end */
    bool lost;                    /* a part of the tree is missing */
};

enum progress { BUILD_ON, BUILD_DONE, BUILD_FAILED };

/* ---- anchors and tags ---------------------------------------------------------------- */

static bool in_anchor(unsigned char c) {
    return ascii_is_alnum(c) || c == '_' || c == '-';
}

/*
 * libyaml starts a node at its anchor or tag; this gives the start of what comes after
 * them, and the place of the tag.
 */
static uint32_t skip_properties(const struct yaml_text *t, uint32_t at, span *ret_tag) {
    const unsigned char *p = t->text.p;
    uint32_t n = t->text.n;
    while (at < n) {
        uint32_t start = at;
        if (p[at] == '&') {
            do
                at++;
            while (at < n && in_anchor(p[at]));
        } else if (p[at] == '!') {
            while (at < n && !ascii_is_space(p[at]))
                at++;
            *ret_tag = yaml_text_span(t, start, at);
        } else if (p[at] == '#') {
            at = yaml_text_line_end(t, at);
        } else if (ascii_is_space(p[at])) {
            at++;
        } else {
            break;
        }
    }
    return at;
}

static void check_tag(struct builder *b, const yaml_char_t *tag, enum yaml_type type, span at) {
    static const struct {
        const char *name;
        enum yaml_type type;
    } core[] = {
        {"str", YAML_SCALAR},  {"int", YAML_SCALAR}, {"float", YAML_SCALAR}, {"bool", YAML_SCALAR},
        {"null", YAML_SCALAR}, {"seq", YAML_LIST},   {"map", YAML_MAP},
    };
    static const char *const collections[] = {
        [YAML_SCALAR] = "text", [YAML_LIST] = "a list", [YAML_MAP] = "a mapping"};
    str name = str_c((const char *)tag), prefix = STR(CORE_TAG);
    str written = str_sub(b->text->text, at.start, at.end);
    for (size_t i = 0; str_starts(name, prefix) && i < sizeof core / sizeof *core; i++) {
        if (!str_is(str_sub(name, prefix.n, name.n), core[i].name))
            continue;
        if (core[i].type != type)
            diag_add(b->dl, DIAG_YAML_TAG, at, "tag `%.*s` does not fit %s",
                     STR_ARG(yaml_shown(written)), collections[type]);
        return;
    }
    struct diag *d = diag_add(b->dl, DIAG_YAML_TAG, at, "tag `%.*s` is not supported",
                              STR_ARG(yaml_shown(written)));
    diag_hint(b->dl, d,
              "Remove the tag, or put the text in quotes when it starts with `!`: what a value "
              "means follows from its key.");
}

/* Start of the node's own text; deals with its tag. */
static uint32_t node_start(struct builder *b, const yaml_mark_t *mark, const yaml_char_t *tag,
                           enum yaml_type type) {
    uint32_t start = yaml_text_offset(b->text, mark->index);
    if (start == b->text->text.n)
        return start;
    unsigned char first = b->text->text.p[start];
    if (first != '&' && first != '!')
        return start;
    span at = SPAN_NONE;
    uint32_t after = skip_properties(b->text, start, &at);
    /* libyaml keeps quiet about a lone `!`. In front of a mapping it may be that of the first key.
     */
    if (tag == NULL && type == YAML_SCALAR && at.file != 0)
        tag = (const yaml_char_t *)"!";
    if (tag != NULL)
        check_tag(b, tag, type, at);
    return after;
}

static void define_anchor(struct builder *b, const yaml_char_t *name, struct yaml_node *node) {
    if (name == NULL)
        return;
    str key = arena_str(b->arena, str_c((const char *)name));
    struct anchor *anchor = map_get(&b->anchors, key);
    if (anchor == NULL) {
        anchor = ARENA_NEW(b->arena, struct anchor);
        map_add(b->arena, &b->anchors, key, anchor);
    }
    anchor->node = node;
}

/* ---- nodes --------------------------------------------------------------------------- */

static bool add_node(struct builder *b, struct yaml_node *node, uint32_t weight) {
    b->nodes += weight;
    if (b->nodes > YAML_NODES_MAX)
        return false;
    if (b->depth == 0)
        b->root = node;
    else
        VEC_PUSH(b->arena, &b->stack, node);
    return true;
}

static enum progress too_many_nodes(struct builder *b, span at) {
    diag_add(b->dl, DIAG_FILE_TOO_BIG, at, "the file holds more than %u values", YAML_NODES_MAX);
    return BUILD_FAILED;
}

static bool equal_bytes(str s, uint32_t start, uint32_t end, const yaml_char_t *value, size_t n) {
    return n == end - start && memcmp(s.p + start, value, n) == 0;
}

static void check_value(struct builder *b, const struct yaml_node *node) {
    if (node->text.n == 0 || memchr(node->text.p, '\0', node->text.n) == NULL)
        return;
    struct diag *d = diag_add(b->dl, DIAG_BAD_CHARACTER, node->at,
                              "the text holds the character `\\x00`, written as an escape");
    diag_hint(b->dl, d, "Remove the escape. In single quotes a backslash is only a backslash.");
}

static void fill_scalar(struct builder *b, struct yaml_node *node, const yaml_event_t *ev,
                        uint32_t start, uint32_t end) {
    str text = b->text->text;
    const yaml_char_t *value = ev->data.scalar.value;
    size_t n = ev->data.scalar.length;
    switch (ev->data.scalar.style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        node->style = YAML_QUOTED;
        if (end >= start + 2) {
            start++;
            end--;
        }
        break;
    case YAML_LITERAL_SCALAR_STYLE:
    case YAML_FOLDED_SCALAR_STYLE:
        node->style = YAML_BLOCK;
        while (end > start && ascii_is_space(text.p[end - 1]))
            end--;
        break;
    case YAML_ANY_SCALAR_STYLE:
    case YAML_PLAIN_SCALAR_STYLE:
        node->style = YAML_PLAIN;
        break;
    }
    node->at = yaml_text_span(b->text, start, end);
    node->origin = equal_bytes(text, start, end, value, n) ? &text_verbatim : NULL;
    if (node->origin != NULL) {
        node->text = str_sub(text, start, end);
        return;
    }
    node->text = arena_str(b->texts, (str){value, (uint32_t)n});
    check_value(b, node);
}

static enum progress on_scalar(struct builder *b, const yaml_event_t *ev) {
    const yaml_char_t *anchor = ev->data.scalar.anchor, *tag = ev->data.scalar.tag;
    uint32_t start = node_start(b, &ev->start_mark, tag, YAML_SCALAR);
    uint32_t end = yaml_text_offset(b->text, ev->end_mark.index);
    struct yaml_node *node = ARENA_NEW(b->arena, struct yaml_node);
    fill_scalar(b, node, ev, start < end ? start : end, end);
    /* `!!str null` is a text: the tag says what quotes would. */
    if (str_is(str_c((const char *)tag), CORE_TAG "str") && node->style == YAML_PLAIN)
        node->style = YAML_QUOTED;
    node->size = 1;
    b->last = node;
    b->last_end = node->style == YAML_BLOCK ? node->at.end : end;
    define_anchor(b, anchor, node);
    return add_node(b, node, 1) ? BUILD_ON : too_many_nodes(b, node->at);
}

static enum progress on_alias(struct builder *b, const yaml_event_t *ev) {
    str name = str_c((const char *)ev->data.alias.anchor);
    span at = yaml_text_span(b->text, yaml_text_offset(b->text, ev->start_mark.index),
                             yaml_text_offset(b->text, ev->end_mark.index));
    b->last_end = at.end;
    const struct anchor *anchor = map_get(&b->anchors, name);
    struct yaml_node *node = anchor == NULL ? NULL : anchor->node;
    if (node == NULL) {
        struct diag *d = diag_add(b->dl, DIAG_YAML_ALIAS, at, "alias `*%.*s` has no anchor",
                                  STR_ARG(yaml_shown(name)));
        diag_hint(b->dl, d, "Define it above with `&%.*s`, or put the text in quotes.",
                  STR_ARG(yaml_shown(name)));
    } else if (node->size == 0) {
        /* The size is known when a collection is complete: this one holds the alias. */
        struct diag *d =
            diag_add(b->dl, DIAG_YAML_ALIAS, at, "alias `*%.*s` stands inside of itself",
                     STR_ARG(yaml_shown(name)));
        diag_also(b->dl, d, yaml_text_span(b->text, node->at.start, node->at.start),
                  "what `&%.*s` names starts here", STR_ARG(yaml_shown(name)));
        node = NULL;
    }
    if (node == NULL) {
        b->lost = true;
        node = b->nothing;
    }
    if (add_node(b, node, node->size))
        return BUILD_ON;
    struct diag *d =
        diag_add(b->dl, DIAG_YAML_ALIAS, at, "the aliases up to here stand for more than %u values",
                 YAML_NODES_MAX);
    diag_hint(b->dl, d, "Use fewer aliases inside of what other aliases repeat.");
    return BUILD_FAILED;
}

/* ---- collections --------------------------------------------------------------------- */

static enum progress open_collection(struct builder *b, enum yaml_type type, const yaml_event_t *ev,
                                     const yaml_char_t *anchor, const yaml_char_t *tag) {
    uint32_t start = node_start(b, &ev->start_mark, tag, type);
    struct yaml_node *node = ARENA_NEW(b->arena, struct yaml_node);
    node->type = type;
    node->at = yaml_text_span(b->text, start, start);
    if (b->depth == YAML_DEPTH_MAX) {
        diag_add(b->dl, DIAG_YAML_DEPTH, node->at,
                 "lists and mappings are nested more than %d deep", YAML_DEPTH_MAX);
        return BUILD_FAILED;
    }
    define_anchor(b, anchor, node);
    uint32_t before = b->nodes;
    if (!add_node(b, node, 1))
        return too_many_nodes(b, node->at);
    b->frames[b->depth++] = (struct frame){node, b->stack.n, before};
    b->last_end = start;
    return BUILD_ON;
}

static void fill_map(struct builder *b, struct yaml_node *node, struct yaml_node **nodes,
                     uint32_t n) {
    assert(n % 2 == 0);
    yaml_check_keys(b->arena, b->dl, b->nothing, nodes, n);
    node->pairs = ARENA_ARRAY(b->arena, struct yaml_pair, n / 2);
    for (uint32_t i = 0; i < n; i += 2)
        if (nodes[i] != NULL)
            node->pairs[node->n++] = (struct yaml_pair){nodes[i], nodes[i + 1]};
}

static void fill_list(struct builder *b, struct yaml_node *node, struct yaml_node *const *nodes,
                      uint32_t n) {
    node->items = ARENA_ARRAY(b->arena, struct yaml_node *, n);
    for (uint32_t i = 0; i < n; i++)
        node->items[i] = nodes[i];
    node->n = n;
}

static enum progress close_collection(struct builder *b, const yaml_event_t *ev) {
    assert(b->depth > 0);
    struct frame *f = &b->frames[--b->depth];
    assert(f->node != NULL);
    uint32_t n = b->stack.n - f->first;
    b->stack.n = f->first;
    /* Only a closing bracket has a width; a block ends with the last thing in it. */
    if (ev->end_mark.index > ev->start_mark.index)
        b->last_end = yaml_text_offset(b->text, ev->end_mark.index);
    f->node->at = yaml_text_span(b->text, f->node->at.start, b->last_end);
    f->node->size = b->nodes - f->nodes_before;
    if (n == 0)
        return BUILD_ON;
    if (f->node->type == YAML_MAP)
        fill_map(b, f->node, &b->stack.at[f->first], n);
    else
        fill_list(b, f->node, &b->stack.at[f->first], n);
    return BUILD_ON;
}

/* ---- the document -------------------------------------------------------------------- */

static enum progress on_document(struct builder *b, const yaml_event_t *ev) {
    if (b->root == NULL)
        return BUILD_ON;
    uint32_t start = yaml_text_offset(b->text, ev->start_mark.index);
    uint32_t end = yaml_text_offset(b->text, ev->end_mark.index);
    struct diag *d = diag_add(b->dl, DIAG_YAML_DOCUMENTS, yaml_text_span(b->text, start, end),
                              "a second YAML document starts here");
    diag_hint(b->dl, d, "Move it to a file of its own and name that under `include:`.");
    return BUILD_DONE;
}

static enum progress on_event(struct builder *b, const yaml_event_t *ev) {
    switch (ev->type) {
    case YAML_SCALAR_EVENT:
        return on_scalar(b, ev);
    case YAML_ALIAS_EVENT:
        return on_alias(b, ev);
    case YAML_SEQUENCE_START_EVENT:
        return open_collection(b, YAML_LIST, ev, ev->data.sequence_start.anchor,
                               ev->data.sequence_start.tag);
    case YAML_MAPPING_START_EVENT:
        return open_collection(b, YAML_MAP, ev, ev->data.mapping_start.anchor,
                               ev->data.mapping_start.tag);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_collection(b, ev);
    case YAML_DOCUMENT_START_EVENT:
        return on_document(b, ev);
    case YAML_STREAM_END_EVENT:
        return BUILD_DONE;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    }
    return BUILD_ON;
}

static struct yaml_node *finish(struct builder *b) {
    if (b->lost)
        return NULL;
    struct yaml_node *root = b->root;
    if (root != NULL &&
        !(root->type == YAML_SCALAR && root->style == YAML_PLAIN && root->text.n == 0))
        return root;
    struct yaml_node *empty = ARENA_NEW(b->arena, struct yaml_node);
    *empty = (struct yaml_node){.type = YAML_MAP, .size = 1};
    empty->at = yaml_text_span(b->text, b->text->base, b->text->base);
    return empty;
}

struct yaml_node *yaml_build(struct arena *nodes, struct arena *a, struct yaml_text *t) {
    struct builder b = {.arena = nodes, .texts = a, .dl = t->dl, .text = t, .last_end = t->base};
    b.nothing = ARENA_NEW(nodes, struct yaml_node);
    *b.nothing = (struct yaml_node){.type = YAML_SCALAR, .size = 1};
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        diag_add(t->dl, DIAG_YAML_SYNTAX, yaml_text_span(t, 0, 0), "no memory is left to read it");
        return NULL;
    }
    str text = str_sub(t->text, t->base, t->text.n);
    yaml_parser_set_input_string(&parser, text.n > 0 ? text.p : (const unsigned char *)"", text.n);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    enum progress progress = BUILD_ON;
    while (progress == BUILD_ON) {
        yaml_event_t ev;
        if (yaml_parser_parse(&parser, &ev)) {
            progress = on_event(&b, &ev);
            yaml_event_delete(&ev);
        } else {
            yaml_problem(t, &parser, b.last);
            progress = BUILD_FAILED;
        }
    }
    yaml_parser_delete(&parser);
    return progress == BUILD_DONE ? finish(&b) : NULL;
}
