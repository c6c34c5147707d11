/* SPDX-License-Identifier: MIT */
#include "prices/csv.h"

enum { FIELD_START, PLAIN, QUOTED, AFTER_QUOTE, AFTER_CR };

void csv_open(struct csv *c, csv_row_fn *on_row, void *ctx) {
    c->on_row = on_row;
    c->ctx = ctx;
    c->line = 1;
    c->problem = CSV_FINE;
    c->state = FIELD_START;
    c->lines = 1;
    c->n = c->nfields = 0;
    c->starts[0] = 0;
}

static bool fail(struct csv *c, enum csv_problem p) {
    c->problem = p;
    return false;
}

static bool put(struct csv *c, unsigned char byte) {
    if (c->n == CSV_ROW_MAX)
        return fail(c, CSV_LONG_ROW);
    c->text[c->n++] = byte;
    return true;
}

static bool end_field(struct csv *c) {
    c->state = FIELD_START;
    if (c->nfields == CSV_FIELDS_MAX)
        return fail(c, CSV_MANY_FIELDS);
    c->starts[++c->nfields] = c->n;
    return true;
}

static bool end_row(struct csv *c) {
    str fields[CSV_FIELDS_MAX];
    bool empty = c->nfields == 0 && c->n == 0 && c->state == FIELD_START;
    if (!empty) {
        if (!end_field(c))
            return false;
        for (uint32_t i = 0; i < c->nfields; i++)
            fields[i] = (str){c->text + c->starts[i], c->starts[i + 1] - c->starts[i]};
        if (!c->on_row(c->ctx, fields, c->nfields))
            return fail(c, CSV_STOPPED);
    }
    c->state = FIELD_START;
    c->n = c->nfields = 0;
    c->line = c->lines;
    return true;
}

/* Outside of quotes. */
static bool take_plain(struct csv *c, unsigned char byte) {
    if (byte == ',')
        return end_field(c);
    if (byte == '\n')
        return end_row(c);
    c->state = PLAIN;
    return put(c, byte);
}

static bool take_after_quote(struct csv *c, unsigned char byte) {
    if (byte == ',' || byte == '\n')
        return take_plain(c, byte);
    if (byte == '\r') {
        c->state = AFTER_CR;
        return true;
    }
    c->state = QUOTED;
    if (byte == '"')
        return put(c, '"');
    return put(c, '"') && put(c, byte);
}

static bool take(struct csv *c, unsigned char byte) {
    if (byte == 0)
        return fail(c, CSV_NUL);
    c->lines += byte == '\n';
    switch (c->state) {
    case QUOTED:
        if (byte != '"')
            return put(c, byte);
        c->state = AFTER_QUOTE;
        return true;
    case AFTER_QUOTE:
        return take_after_quote(c, byte);
    case AFTER_CR:
        if (byte == '\n')
            return end_row(c);
        /* A CR inside of the quotes after all, behind a quote that was none. */
        c->state = QUOTED;
        if (byte == '"') {
            c->state = AFTER_QUOTE;
            return put(c, '"') && put(c, '\r');
        }
        return put(c, '"') && put(c, '\r') && put(c, byte);
    case FIELD_START:
        if (byte == '"') {
            c->state = QUOTED;
            return true;
        }
        return take_plain(c, byte);
    default:
        return take_plain(c, byte);
    }
}

/* A CR before a line end outside of quotes is part of it. */
static void drop_cr(struct csv *c) {
    if (c->state == PLAIN && c->n > c->starts[c->nfields] && c->text[c->n - 1] == '\r') {
        c->n--;
        c->state = c->n == c->starts[c->nfields] ? FIELD_START : PLAIN;
    }
}

bool csv_feed(struct csv *c, str piece) {
    for (uint32_t i = 0; i < piece.n && c->problem == CSV_FINE; i++) {
        if (piece.p[i] == '\n')
            drop_cr(c);
        take(c, piece.p[i]);
    }
    return c->problem == CSV_FINE;
}

bool csv_close(struct csv *c) {
    if (c->problem != CSV_FINE)
        return false;
    if (c->state == QUOTED)
        return fail(c, CSV_OPEN_QUOTE);
    if (c->state != FIELD_START || c->n > 0 || c->nfields > 0)
        return fail(c, CSV_CUT);
    return true;
}

const char *csv_problem_text(enum csv_problem p) {
    switch (p) {
    case CSV_FINE:
        return "nothing is wrong";
    case CSV_NUL:
        return "there is a NUL byte";
    case CSV_LONG_ROW:
        return "a row is longer than 64 KiB";
    case CSV_MANY_FIELDS:
        return "a row has more than 1024 fields";
    case CSV_OPEN_QUOTE:
        return "it ends inside of quotes";
    case CSV_CUT:
        return "it ends inside of a row";
    case CSV_STOPPED:
        break;
    }
    return "it could not be used";
}
