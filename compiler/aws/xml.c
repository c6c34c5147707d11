/* SPDX-License-Identifier: MIT */
#include "aws/xml.h"

#include "base/buf.h"

#include <expat.h>
#include <limits.h>

struct reader {
    struct arena *arena;
    XML_Parser parser;
    struct xml_node *open[XML_DEPTH_MAX], *last[XML_DEPTH_MAX]; /* `last` child of each */
    unsigned depth, nodes;
    struct xml_node *root;
    struct buf text; /* since the last tag */
    const char *why;
};

static void stop(struct reader *r, const char *why) {
    if (r->why == NULL)
        r->why = why;
    XML_StopParser(r->parser, XML_FALSE);
}

static str local_name(const char *name) {
    const char *colon = strrchr(name, ':');
    return str_c(colon == NULL ? name : colon + 1);
}

static void begin(void *of, const XML_Char *name, const XML_Char **attributes) {
    struct reader *r = of;
    (void)attributes;
    if (r->depth == XML_DEPTH_MAX || r->nodes == XML_NODES_MAX) {
        stop(r, r->depth == XML_DEPTH_MAX ? "it is too deep" : "it has too many elements");
        return;
    }
    struct xml_node *n = ARENA_NEW(r->arena, struct xml_node);
    n->name = arena_str(r->arena, local_name(name));
    r->nodes++;
    if (r->depth == 0)
        r->root = n;
    else if (r->last[r->depth - 1] == NULL)
        r->open[r->depth - 1]->first = n;
    else
        r->last[r->depth - 1]->next = n;
    if (r->depth > 0)
        r->last[r->depth - 1] = n;
    r->open[r->depth] = n;
    r->last[r->depth++] = NULL;
    buf_clear(&r->text);
}

static void end(void *of, const XML_Char *name) {
    struct reader *r = of;
    (void)name;
    if (r->why != NULL || r->depth == 0)
        return;
    struct xml_node *n = r->open[--r->depth];
    if (n->first == NULL)
        n->text = arena_str(r->arena, buf_str(&r->text));
    buf_clear(&r->text);
}

static void characters(void *of, const XML_Char *text, int n) {
    struct reader *r = of;
    buf_put(&r->text, (str){(const unsigned char *)text, (uint32_t)n});
    if (r->text.full)
        stop(r, "a text is too long");
}

static void doctype(void *of, const XML_Char *name, const XML_Char *system, const XML_Char *public,
                    int internal) {
    (void)name, (void)system, (void)public, (void)internal;
    stop(of, "it has a document type");
}

const struct xml_node *xml_parse(struct arena *a, str text, const char **ret_why) {
    struct reader r = {.arena = a, .text = BUF_INIT(text.n + (size_t)1)};
    r.parser = text.n > 0 && text.n < INT_MAX ? XML_ParserCreate(NULL) : NULL;
    if (r.parser == NULL) {
        *ret_why = text.n == 0 ? "it is empty" : "it is too large";
        return NULL;
    }
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, begin, end);
    XML_SetCharacterDataHandler(r.parser, characters);
    XML_SetStartDoctypeDeclHandler(r.parser, doctype);
    bool ok = XML_Parse(r.parser, (const char *)text.p, (int)text.n, 1) == XML_STATUS_OK;
    if (!ok && r.why == NULL)
        r.why = XML_ErrorString(XML_GetErrorCode(r.parser));
    XML_ParserFree(r.parser);
    buf_done(&r.text);
    *ret_why = ok ? NULL : r.why;
    return ok ? r.root : NULL;
}

const struct xml_node *xml_child(const struct xml_node *n, const char *name) {
    const struct xml_node *c = n == NULL ? NULL : n->first;
    while (c != NULL && !str_is(c->name, name))
        c = c->next;
    return c;
}

str xml_child_text(const struct xml_node *n, const char *name) {
    const struct xml_node *c = xml_child(n, name);
    return c == NULL ? (str){NULL, 0} : c->text;
}
