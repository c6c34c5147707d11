/* SPDX-License-Identifier: MIT */
#include "aws/aws_client.h"

struct one {
    struct arena *arena;
    struct aws_answer *answer;
};

static void keep_answer(void *ctx, struct aws_client *c, const struct aws_answer *from) {
    struct one *one = ctx;
    struct arena *a = one->arena;
    struct aws_answer *to = one->answer;
    (void)c;
    *to = *from;
    struct http_header *headers = ARENA_ARRAY(a, struct http_header, from->nheaders + 1);
    for (uint32_t i = 0; i < from->nheaders; i++)
        headers[i] = (struct http_header){arena_str(a, from->headers[i].name),
                                          arena_str(a, from->headers[i].value)};
    to->headers = headers;
    to->body = arena_str(a, from->body);
    to->error = aws_error_keep(a, &from->error);
}

void aws_client_call(struct aws_client *c, struct arena *a, const struct aws_call *call,
                     struct aws_answer *ret) {
    struct one one = {a, ret};
    struct aws_call own = *call;
    own.done = keep_answer;
    own.ctx = &one;
    aws_client_start(c, &own);
    aws_client_run(c);
}
