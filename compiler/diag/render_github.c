/* SPDX-License-Identifier: MIT */
#include "diag/render_parts.h"

/*
 * GitHub reads % CR LF in a message, and also : and , in a property, as its own
 * syntax. Other control characters are shown as escapes.
 */
static void put(struct buf *out, str s, bool property) {
    for (uint32_t i = 0; i < s.n;) {
        struct render_cell c = render_cell_at(s, i);
        unsigned char byte = s.p[i];
        i += c.taken;
        if (byte == '%' || byte == '\r' || byte == '\n' ||
            (property && (byte == ':' || byte == ',')))
            buf_printf(out, "%%%02X", (unsigned)byte);
        else
            buf_put(out, (str){c.text, c.n});
    }
}

static void put_place(struct buf *out, struct diag_list *dl, span at) {
    struct render_region r = render_region_of(dl, at);
    BUF_LIT(out, ",file=");
    put(out, r.start.file, true);
    buf_printf(out, ",line=%u,endLine=%u", (unsigned)r.start.line, (unsigned)r.end.line);
    /* GitHub takes columns only for a place within one line. */
    if (r.start.line == r.end.line)
        buf_printf(out, ",col=%u,endColumn=%u", (unsigned)r.start.col, (unsigned)r.end.col);
}

void render_github(struct buf *out, struct diag_list *dl) {
    static const char *const commands[] = {
        [DIAG_NOTE] = "notice", [DIAG_WARNING] = "warning", [DIAG_ERROR] = "error"};
    for (uint32_t i = 0; i < dl->items.n; i++) {
        const struct diag *d = dl->items.at[i];
        buf_printf(out, "::%s title=%s", commands[d->severity], diag_codes[d->code].id);
        if (d->at.file != 0)
            put_place(out, dl, d->at);
        BUF_LIT(out, "::");
        put(out, d->message, false);
        str where = render_contexts(dl, d);
        if (where.n > 0) {
            BUF_LIT(out, ", ");
            put(out, where, false);
        }
        if (d->hint.n > 0) {
            BUF_LIT(out, "%0A");
            put(out, d->hint, false);
        }
        buf_byte(out, '\n');
    }
}
