/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LIVE_ANSWER_H
#define OPSC_LIVE_ANSWER_H

#include "aws/aws_client.h"
#include "model/value.h"
#include "resource/resource.h"

/*
 * answer: AWS's bytes as values, the same for all of its protocols; functions of bytes.
 *
 * Of XML an element without others inside is a text, others are maps; what query writes as lists
 * (<member>) and maps (<entry><key/><value/></entry>) are lists and maps, and an element that comes
 * twice is a list. Of query what <OperationResult> holds is the answer. EC2's lists have <item>.
 */
#define ANSWER_DEPTH_MAX 64

/* NULL when they are not an answer; `ret_why` says it, without any of the text. `root`: the element
 * that it has to be where REST has XML. */
const struct value *answer_of(struct arena *a, const struct aws_service *s, str operation,
                              const char *root, str body, const char **ret_why);
/* The same of a call's answer, with what the row of the call says of its body and headers. */
const struct value *answer_to(struct arena *a, const struct resource_call *c,
                              const struct aws_answer *answer, const char **ret_why);

#endif
