/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CATALOG_KIND_H
#define OPSC_CATALOG_KIND_H

#include "model/config.h"
#include "schema/schema.h"

/*
 * kind: one file of the catalog as structs (docs/catalog.md is the format; kind_table.c
 * has its keys). Read by the same walker as ops.yaml. Texts are not interpreted here: conditions
 * and ${attribute} templates are read where they are used.
 */

/* `if: { engine: [postgres, mysql] }`: all must hold. */
struct cat_if {
    struct cat_if_item {
        struct cfg_text attribute;
        struct cfg_texts values;
    } * items;
    uint32_t n;
};

/* A text, or a choice of texts by attribute values. */
struct cat_choice {
    struct cat_choice_item {
        struct cat_if when;
        struct cfg_text is;
    } * items;
    uint32_t n;
};

/* Dimensions by name, or a choice of such by attribute values. */
struct cat_dimensions {
    struct cat_dimensions_item {
        struct cat_if when;
        struct cfg_pairs is;
    } * items;
    uint32_t n;
    span at;
};

enum cat_type {
    CAT_STRING,
    CAT_NAME,
    CAT_BOOL,
    CAT_ENUM,
    CAT_COUNT,
    CAT_SIZE,
    CAT_DURATION,
    CAT_PERCENT,
    CAT_MONEY,
    CAT_LIST,
    CAT_RESOURCE,
    CAT_GROUP,
    CAT_MAP
};

struct cat_attribute {
    struct cfg_text name;
    struct cfg_choice type;
    struct cfg_texts values, of;
    struct cfg_bool required;
    struct cat_if required_if; /* n == 0: not */
    const struct yaml_node *def;
    struct cfg_text doc, example;
    struct cfg_text min, max; /* COUNT to MONEY: inclusive; empty: any */
    struct cfg_text form;     /* STRING: regular expression of the whole text; empty: any */
    struct cat_if when;
    CFG_ITEMS(struct cat_attribute) attributes; /* of a group */
};

struct cat_fact {
    struct cfg_text name;
    struct cat_fact_way {
        struct cat_if when;
        struct cfg_text table, key, strip, column, unit, is, doc;
        struct cfg_bool estimate;
    } * ways;
    uint32_t n;
};

enum cat_source {
    CAT_SOURCE_SERVICE,
    CAT_SOURCE_AGENT,
    CAT_SOURCE_PROBE,
    CAT_SOURCE_LOGS,
    CAT_SOURCE_JOB,
    CAT_SOURCE_COUNT
};

struct cat_metric {
    struct cfg_text name;
    struct cfg_text namespace_, unit, stat, doc, is;
    struct cfg_pairs by;
    struct cat_dimensions dimensions;
    struct cat_choice metric, period, action;
    struct cat_choice causes; /* likely first; all whose `if` holds */
    struct cat_if when;
    struct cfg_bool health;
    struct cfg_bool per_run; /* JOB: a value comes with each run, not all the time */
    struct cfg_bool events;  /* each sample is an event, whatever `stat` says */
    struct cfg_choice source;
    struct {
        struct cfg_text section, measurement;
        struct cfg_text resources; /* "${disks}", or a text */
        struct cfg_bool drop_device;
        span at;
    } agent;
};

struct cat_alarm {
    struct cfg_text name;
    struct cfg_text when, because, source;
    struct cat_choice action;
    struct cat_choice causes; /* n == 0: those of its metric */
    struct cfg_choice severity, missing;
    struct cat_if cond;
    struct cfg_bool off;
};

struct cat_probe {
    struct cfg_text host, run, every;
    struct cfg_texts needs;
    span at;
};

struct cat_logs {
    struct cfg_text from;
    struct cfg_texts files;
    struct cfg_choice format;
    CFG_ITEMS(struct cfg_log_metric) metrics;
    span at;
};

/*
 * What a resource of the kind costs a month: a price and how many of its unit, or, in words, why it
 * costs nothing or is not estimated. One of the three is given.
 */
struct cat_cost {
    struct cfg_text name;
    struct cat_choice price; /* key of catalog/tables/prices.yaml */
    struct cfg_text is;      /* over the facts; without it 1 */
    struct cfg_text usage;   /* what ops.yaml must say in place of `is`, for people */
    struct cfg_text free, unpriced;
    struct {
        struct cfg_text table, key, column;
        span at;
    } from; /* the day on which it begins: a cell of a row that catalog_match() finds */
    struct cat_if when;
};

/* An attribute of a resource as the account's list has it. */
struct cat_listed {
    struct cfg_text name;
    struct cfg_text from;          /* path in the item; ".": the item itself */
    struct cfg_text after, before; /* what follows the last of these; of that, up to the first */
    struct cfg_text unit;          /* written behind it: "GiB" */
};

/* How AWS is asked which resources of the kind an account has (live/listed.h). */
struct cat_list {
    struct cfg_text service, operation; /* aws/service.h; "DescribeDBInstances" */
    struct cfg_text path;               /* of REST */
    struct cfg_text root;               /* of REST with XML: the element that an answer is */
    struct cfg_text input;              /* JSON */
    struct cfg_text items;              /* "DBInstances/DBInstance" */
    struct cfg_text page_in, page_out; /* how the next page is asked for; not given: there is one */
    struct cfg_text tags;              /* where an item has its tags */
    struct {
        struct cfg_text operation, items, page_in, page_out, as;
        span at;
    } each; /* asked first: the operation above is asked for each of its items, texts, as `as` */
    CFG_ITEMS(struct cat_listed) attributes;
    span at; /* not given: they cannot be listed */
};

struct cat_kind {
    struct cfg_text kind, title, doc, source, section, region, namespace_, find;
    struct cfg_bool implicit, unique;
    struct cat_dimensions dimensions;
    struct cat_choice period;
    CFG_ITEMS(struct cat_attribute) attributes;
    CFG_ITEMS(struct cat_fact) facts;
    CFG_ITEMS(struct cat_metric) metrics;
    CFG_ITEMS(struct cat_alarm) alarms;
    CFG_ITEMS(struct cat_cost) costs;
    struct cfg_graph_row *dashboard;
    uint32_t ndashboard;
    struct cat_probe probe;
    struct cat_logs logs;
    struct cat_list list;
    span at;
};

extern const struct schema_table cat_kind_table;
extern const struct schema_table cat_list_table; /* of its key `list` (kind_list.c) */
/* Names of the types of attributes, in the order of enum cat_type. */
extern const char *const cat_type_names[];
/* "service", ..., in the order of enum cat_source. */
extern const char *const cat_source_words[CAT_SOURCE_COUNT + 1];
/* "log lines", ...: what publishes such a metric, for people. */
extern const char *const cat_source_titles[CAT_SOURCE_COUNT];

/* The key `find` of a resource whose kind says how Terraform looks it up. */
extern const struct schema_row kind_find_row;

/* Groups of attributes inside of groups; deeper ones are not read. */
#define CAT_GROUP_DEPTH_MAX 4

/* The declaration of an attribute; a dotted name goes into groups. NULL: none. */
const struct cat_attribute *kind_attribute(const struct cat_kind *k, str name);
/* The declaration as a row of schema/: how the walker reads such a value (GROUP: SCHEMA_NODE). */
struct schema_row kind_attribute_row(struct arena *a, const struct cat_attribute *decl);
/*
 * Whether the bounds of attributes, also those of groups, are of the type of theirs and leave
 * something between; else diagnostics.
 */
bool kind_attribute_check(struct diag_list *dl, const struct cat_attribute *items, uint32_t n,
                          unsigned depth);
/* Whether what `list` names is there; else diagnostics. */
bool kind_list_check(struct diag_list *dl, const struct cat_kind *k);
const struct cat_metric *kind_metric(const struct cat_kind *k, str name);
const struct cat_fact *kind_fact(const struct cat_kind *k, str name);

#endif
