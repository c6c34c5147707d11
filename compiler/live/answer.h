/* SPDX-License-Identifier: MIT */
#ifndef OPSC_LIVE_ANSWER_H
#define OPSC_LIVE_ANSWER_H

#include "aws/service.h"
#include "model/value.h"

/*
 * answer: AWS's bytes as values, the same for all of its protocols; functions of bytes.
 *
 * Of XML an element without others inside is a text, others are maps; what query writes as lists
 * (<member>) and maps (<entry><key/><value/></entry>) are lists and maps, and an element that comes
 * twice is a list. Of query what <OperationResult> holds is the answer.
 */
#define ANSWER_DEPTH_MAX 64

/* NULL when they are not an answer; `ret_why` says it, without any of the text. */
const struct value *answer_of(struct arena *a, const struct aws_service *s, str operation, str body,
                              const char **ret_why);
/* The parameters of an operation (a MAP) as the body of its request: JSON, or a form. */
str answer_input(struct arena *a, const struct aws_service *s, const struct value *input);
/* What a path of names ("MetricStat/Stat") leads to, or NULL. */
const struct value *answer_at(const struct value *v, str path);

#endif
