/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CATALOG_KIND_NEAR_H
#define OPSC_CATALOG_KIND_NEAR_H

#include "catalog/catalog.h"

/*
 * kind_near: what somebody means who names a kind that there is not. A name that is nearly one, an
 * engine or another choice of a kind ("valkey", "aurora", "fargate"), or a word of its title
 * ("queue").
 */
/* Puts a sentence into `b`, which is empty before, about the kind that `word` may mean; else says
 * where all of them are. */
void kind_near_put(struct catalog *c, str word, struct buf *b);

#endif
