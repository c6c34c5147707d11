/* SPDX-License-Identifier: MIT */
#ifndef OPSC_APPLY_INPUT_PARTS_H
#define OPSC_APPLY_INPUT_PARTS_H

#include "apply/input.h"
#include "apply/placeholder.h"

/*
 * input_parts: what the files of input share. For apply/ only.
 *
 * input.c has the document, input_placeholder.c what "${}" in it stands for, input_api.c attributes
 * as the API has them, input_row.c what a row asks with, whatever the node.
 */
struct input {
    const struct input_from *from;
    const char *of;                  /* the row's document */
    const struct resource_attr *row; /* of the item; NULL: there is none */
    const struct value *item;        /* that "${.}" stands for */
    str why;                         /* not empty: it cannot be said */
};

#define INPUT_TEXT_MAX (64u << 20)

/* An attribute as the API has it. NULL: it is not known (`why`). */
struct value *input_as_api(struct input *in, const struct resource_attr *row,
                           const struct value *v);
/* All that is given of a node or a block, into a map with room for input_count_rows(); a block
 * without a name beside the others. */
void input_put_rows(struct input *in, struct value *map, const struct resource_attr *rows,
                    uint32_t n, struct value *const *attrs);
uint32_t input_count_rows(const struct resource_attr *rows, uint32_t n);
/* A map as a list of pairs, whose members are called so: "Key,Value". */
struct value *input_pairs(struct arena *a, const struct value *map, str names);

struct input_attribute {
    const struct resource_attr *row; /* NULL: there is none of this name (`why`) */
    const struct value *v;           /* NULL: it is not given */
};

struct input_attribute input_attribute_of(struct input *in, struct placeholder s);
bool input_is_given(const struct value *v);
/* NULL: nothing is there, or it is not known (`why`). */
struct value *input_placeholder(struct input *in, struct placeholder s);

#endif
