/* SPDX-License-Identifier: MIT */
#include "aws/aws_log.h"

#include <stdarg.h>
#include <stdio.h>

#define LINE_MAX_BYTES 1024

void aws_log(const struct aws_host *h, struct arena *a, const char *fmt, ...) {
    char line[LINE_MAX_BYTES];
    va_list ap;
    if (h->log == NULL)
        return;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    h->log(h->ctx, arena_str(a, str_c(line)));
}

/* What became of it: "200", "400 ThrottlingException", "no answer (the answer was cut off)". */
static str outcome(struct arena *a, const struct aws_try *t) {
    const struct aws_error *e = t->error;
    if (t->status == 0)
        return arena_printf(a, "no answer (%.*s)", STR_ARG(e->message));
    str what = e->code.n > 0 ? e->code : e->kind != AWS_OK ? e->message : STR("");
    return arena_printf(a, "%u%s%.*s", t->status, what.n > 0 ? " " : "", STR_ARG(what));
}

void aws_log_try(const struct aws_host *h, struct arena *a, const struct aws_try *t) {
    if (h->log == NULL)
        return;
    str turn = t->queued_ms > 0
                   ? arena_printf(a, ", after %lld ms until its turn", (long long)t->queued_ms)
                   : STR("");
    str id = t->request_id.n > 0 ? arena_cat(a, STR(", request "), t->request_id) : STR("");
    str again =
        t->again_ms < 0 ? STR("") : arena_printf(a, "; again in %lld ms", (long long)t->again_ms);
    aws_log(h, a,
            "%s %.*s in %.*s of %.*s, try %u%.*s: %.*s in %lld ms, %llu bytes out, %llu in%.*s%.*s",
            t->service, STR_ARG(t->operation), STR_ARG(t->region), STR_ARG(t->host), t->number,
            STR_ARG(turn), STR_ARG(outcome(a, t)), (long long)t->took_ms,
            (unsigned long long)t->sent_bytes, (unsigned long long)t->received_bytes, STR_ARG(id),
            STR_ARG(again));
}
