/* SPDX-License-Identifier: MIT */
#include "yaml/yaml_pack.h"

#include <assert.h>

#define STYLE_SHIFT 2
#define TYPE_MASK 3u
#define OWN_TEXT 0x10u
#define HEAD_MAX 0x1Fu
#define NODE_BYTES_MIN 3 /* head, start, length */

/* ---- packing ------------------------------------------------------------------------- */

struct packer {
    struct buf *out;
    uint32_t start; /* of the node before */
};

struct counts {
    uint32_t nodes, items, pairs;
};

static void put_number(struct buf *out, uint32_t v) {
    for (; v >= 0x80; v >>= 7)
        buf_byte(out, (unsigned char)(v | 0x80));
    buf_byte(out, (unsigned char)v);
}

static void count(struct counts *c, const struct yaml_node *n, uint32_t depth) {
    assert(depth <= YAML_DEPTH_MAX);
    c->nodes++;
    if (n->type == YAML_LIST) {
        c->items += n->n;
        for (uint32_t i = 0; i < n->n; i++)
            count(c, n->items[i], depth + 1);
    } else if (n->type == YAML_MAP) {
        c->pairs += n->n;
        for (uint32_t i = 0; i < n->n; i++) {
            count(c, n->pairs[i].key, depth + 1);
            count(c, n->pairs[i].value, depth + 1);
        }
    }
}

static void pack(struct packer *p, const struct yaml_node *n) {
    bool own = n->type == YAML_SCALAR && n->origin == NULL;
    assert(own || n->type != YAML_SCALAR || n->origin == &text_verbatim);
    assert(!n->broken);
    buf_byte(p->out, (unsigned char)((unsigned)n->type | (unsigned)n->style << STYLE_SHIFT |
                                     (own ? OWN_TEXT : 0)));
    put_number(p->out, n->at.start - p->start);
    put_number(p->out, n->at.end - n->at.start);
    p->start = n->at.start;
    if (own) {
        put_number(p->out, n->text.n);
        buf_put(p->out, n->text);
    }
    if (n->type == YAML_SCALAR)
        return;
    put_number(p->out, n->n);
    for (uint32_t i = 0; i < n->n; i++) {
        if (n->type == YAML_MAP)
            pack(p, n->pairs[i].key);
        pack(p, n->type == YAML_MAP ? n->pairs[i].value : n->items[i]);
    }
}

void yaml_pack(struct buf *out, const struct yaml_node *root) {
    struct packer p = {.out = out};
    struct counts c = {0};
    count(&c, root, 0);
    put_number(out, c.nodes);
    put_number(out, c.items);
    put_number(out, c.pairs);
    pack(&p, root);
}

/* ---- unpacking ----------------------------------------------------------------------- */

/* What is left: of the bytes, and of the arrays that the tree is made of. */
struct unpacker {
    const unsigned char *p, *end;
    str text;
    uint32_t file;
    uint32_t start; /* of the node before */
    uint32_t nnodes, nitems, npairs;
    struct yaml_node *nodes;
    struct yaml_node **items;
    struct yaml_pair *pairs;
    bool damaged;
};

static uint32_t number(struct unpacker *u) {
    uint32_t v = 0;
    for (unsigned shift = 0; u->p < u->end && shift < 32; shift += 7) {
        unsigned char c = *u->p++;
        v |= (uint32_t)(c & 0x7F) << shift;
        if (c < 0x80)
            return v;
    }
    u->damaged = true;
    return 0;
}

static struct yaml_node *unpack(struct unpacker *u, uint32_t depth);

static bool unpack_text(struct unpacker *u, struct yaml_node *n, bool own) {
    if (!own) {
        n->text = str_sub(u->text, n->at.start, n->at.end);
        n->origin = &text_verbatim;
        return true;
    }
    uint32_t size = number(u);
    if (size > (size_t)(u->end - u->p))
        return false;
    n->text = (str){u->p, size};
    u->p += size;
    return true;
}

static bool unpack_list(struct unpacker *u, struct yaml_node *n, uint32_t depth) {
    if (n->n > u->nitems)
        return false;
    u->nitems -= n->n;
    struct yaml_node **items = n->n > 0 ? u->items : NULL;
    n->items = items;
    u->items += n->n;
    for (uint32_t i = 0; i < n->n; i++) {
        items[i] = unpack(u, depth + 1);
        if (items[i] == NULL)
            return false;
        n->size += items[i]->size;
    }
    return true;
}

static bool unpack_map(struct unpacker *u, struct yaml_node *n, uint32_t depth) {
    if (n->n > u->npairs)
        return false;
    u->npairs -= n->n;
    struct yaml_pair *pairs = n->n > 0 ? u->pairs : NULL;
    n->pairs = pairs;
    u->pairs += n->n;
    for (uint32_t i = 0; i < n->n; i++) {
        struct yaml_node *key = unpack(u, depth + 1);
        struct yaml_node *value = key != NULL ? unpack(u, depth + 1) : NULL;
        if (value == NULL || key->type != YAML_SCALAR)
            return false;
        pairs[i] = (struct yaml_pair){key, value};
        n->size += key->size + value->size;
    }
    return true;
}

/* The next node with all below it, or NULL. */
static struct yaml_node *unpack(struct unpacker *u, uint32_t depth) {
    if (depth > YAML_DEPTH_MAX || u->nnodes == 0 || u->p == u->end || *u->p > HEAD_MAX)
        return NULL;
    struct yaml_node *n = u->nodes++;
    u->nnodes--;
    unsigned head = *u->p++, type = head & TYPE_MASK;
    unsigned style = (head & ~OWN_TEXT) >> STYLE_SHIFT;
    uint32_t start = u->start + number(u), size = number(u);
    if (type > YAML_MAP || style > YAML_BLOCK || start > u->text.n || size > u->text.n - start)
        return NULL;
    n->type = (enum yaml_type)type;
    n->style = (enum yaml_style)style;
    n->at = (span){u->file, start, start + size};
    n->size = 1;
    u->start = start;
    bool ok;
    if (n->type == YAML_SCALAR) {
        ok = unpack_text(u, n, (head & OWN_TEXT) != 0);
    } else {
        n->n = number(u);
        ok = n->type == YAML_LIST ? unpack_list(u, n, depth) : unpack_map(u, n, depth);
    }
    return ok && !u->damaged ? n : NULL;
}

struct yaml_node *yaml_unpack(struct arena *a, const struct sources *sources, uint32_t file,
                              str packed) {
    struct unpacker u = {.file = file, .text = sources_get(sources, file)->text};
    u.p = packed.p;
    u.end = packed.n > 0 ? packed.p + packed.n : packed.p;
    u.nnodes = number(&u);
    u.nitems = number(&u);
    u.npairs = number(&u);
    if (u.damaged || u.nnodes > packed.n / NODE_BYTES_MIN || u.nitems > u.nnodes ||
        u.npairs > u.nnodes)
        return NULL;
    u.nodes = ARENA_ARRAY(a, struct yaml_node, u.nnodes);
    u.items = ARENA_ARRAY(a, struct yaml_node *, u.nitems);
    u.pairs = ARENA_ARRAY(a, struct yaml_pair, u.npairs);
    struct yaml_node *root = unpack(&u, 0);
    bool complete = u.p == u.end && u.nnodes == 0 && u.nitems == 0 && u.npairs == 0;
    return complete ? root : NULL;
}
