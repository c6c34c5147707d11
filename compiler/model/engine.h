/* SPDX-License-Identifier: MIT */
#ifndef OPSC_MODEL_ENGINE_H
#define OPSC_MODEL_ENGINE_H

#include "base/str.h"
#include "diag/source.h"

/* A server under `resources` that says its version: what tests run beside should be the same. */
struct engine {
    str name;    /* "postgres", "aurora-mysql" */
    str version; /* "16.4" */
    span at;
};

#endif
