/* SPDX-License-Identifier: MIT */
/* table: the key `list` of the catalog's files */
#include "aws/service.h"
#include "catalog/kind.h"
#include "model/value_json.h"
#include "schema/schema_rows.h"

static const struct schema_row listed_rows[] = {
    {"from", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_listed, from),
     "Where an item has it: a path, or `.` for the item itself.", "DBInstanceClass"},
    {"after", SCHEMA_TEXT, 0, AT(cat_listed, after), "What follows the last of these.",
     "loadbalancer/"},
    {"before", SCHEMA_TEXT, 0, AT(cat_listed, before), "Of that, what precedes the first of these.",
     "/"},
    {"unit", SCHEMA_TEXT, 0, AT(cat_listed, unit), "Unit of the number.", "GiB"},
};
static const struct schema_table listed_table = {
    "an attribute of a list",          ROWS(listed_rows), "from", SCHEMA_NO_OFFSET,
    offsetof(struct cat_listed, name), SCHEMA_NO_OFFSET};

static const struct schema_row each_rows[] = {
    {"operation", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_kind, list.each.operation),
     "AWS's name of the operation.", "ListClusters"},
    {"items", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_kind, list.each.items),
     "Where its answer has the texts.", "clusterArns"},
    {"as", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_kind, list.each.as),
     "The parameter that takes each of them.", "cluster"},
    {"page_in", SCHEMA_TEXT, 0, AT(cat_kind, list.each.page_in), "Parameter for the next page.",
     "nextToken"},
    {"page_out", SCHEMA_TEXT, 0, AT(cat_kind, list.each.page_out), "Where an answer has it.",
     "nextToken"},
};
static const struct schema_table each_table = {
    "each",           ROWS(each_rows), NULL, offsetof(struct cat_kind, list.each.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

static const struct schema_row list_rows[] = {
    {"service", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_kind, list.service),
     "The service, as the AWS command line calls it.", "rds"},
    {"operation", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_kind, list.operation),
     "AWS's name of the operation.", "DescribeDBInstances"},
    {"path", SCHEMA_TEXT, 0, AT(cat_kind, list.path), "Of a REST service: its path.",
     "/2015-03-31/functions"},
    {"root", SCHEMA_TEXT, 0, AT(cat_kind, list.root),
     "Of a REST service that speaks XML: the element that its answer is.", "DistributionList"},
    {"input", SCHEMA_TEXT, 0, AT(cat_kind, list.input), "Its parameters, as JSON.",
     "'{\"MaxRecords\": 100}'"},
    {"items", SCHEMA_TEXT, SCHEMA_REQUIRED, AT(cat_kind, list.items),
     "Where the answer has them: a path.", "DBInstances/DBInstance"},
    {"page_in", SCHEMA_TEXT, 0, AT(cat_kind, list.page_in), "Parameter for the next page.",
     "Marker"},
    {"page_out", SCHEMA_TEXT, 0, AT(cat_kind, list.page_out), "Where an answer has it.", "Marker"},
    {"tags", SCHEMA_TEXT, 0, AT(cat_kind, list.tags), "Where an item has its tags, for `find`.",
     "tagSet"},
    {"each", SCHEMA_GROUP, 0, 0, "What is asked first, when there is a list in each of a list.",
     "{ operation: ListClusters, items: clusterArns, as: cluster }", .table = &each_table},
    {"attributes", SCHEMA_ITEMS, SCHEMA_REQUIRED, AT(cat_kind, list.attributes),
     "Keys of a resource, and where an item has them.",
     "{ id: DBInstanceIdentifier, storage: { from: AllocatedStorage, unit: GiB } }",
     .table = &listed_table, .item_size = sizeof(struct cat_listed)},
};
const struct schema_table cat_list_table = {
    "list",           ROWS(list_rows), NULL, offsetof(struct cat_kind, list.at),
    SCHEMA_NO_OFFSET, SCHEMA_NO_OFFSET};

static bool is_rest(const struct aws_service *s) {
    return s->protocol == AWS_REST_JSON || s->protocol == AWS_REST_XML;
}

static bool check_root(struct diag_list *dl, const struct cat_list *l,
                       const struct aws_service *s) {
    if ((s->protocol == AWS_REST_XML) == given(l->root.at))
        return true;
    struct diag *d = diag_add(dl, DIAG_CATALOG_FILE, l->service.at, "operations of `%s` %s `root`",
                              s->name, s->protocol == AWS_REST_XML ? "need a" : "have no");
    diag_hint(dl, d, "It is the element that an answer in XML is, as in `root: DistributionList`.");
    return false;
}

static bool check_service(struct diag_list *dl, const struct cat_list *l) {
    const struct aws_service *s = aws_service_find(l->service.text);
    struct suggest near = suggest_for(l->service.text);
    struct diag *d;
    if (s != NULL && is_rest(s) == given(l->path.at))
        return check_root(dl, l, s);
    if (s != NULL) {
        d = diag_add(dl, DIAG_CATALOG_FILE, l->service.at, "operations of `%s` %s `path`", s->name,
                     is_rest(s) ? "need a" : "have no");
        diag_hint(dl, d,
                  "AWS's model of the service says it, as in `path: /2015-03-31/functions`.");
        return false;
    }
    d = diag_add(dl, DIAG_CATALOG_FILE, l->service.at, "opsc does not know the service `%.*s`",
                 STR_ARG(l->service.text));
    for (uint32_t i = 0; i < aws_services_n; i++)
        suggest_offer(&near, str_c(aws_services[i].name));
    if (!diag_suggest(dl, d, &near))
        diag_hint(dl, d, "It is called as the AWS command line calls it.");
    return false;
}

static bool check_input(struct diag_list *dl, const struct cfg_text *input) {
    const char *why = "it is no object";
    const struct value *v = given(input->at) ? value_of_json(dl->arena, input->text, &why) : NULL;
    if (!given(input->at) || (v != NULL && v->type == VALUE_MAP))
        return true;
    struct diag *d = diag_add(dl, DIAG_CATALOG_FILE, input->at, "`input` is not JSON: %s", why);
    diag_hint(dl, d, "Write the parameters as an object: `input: '{\"MaxRecords\": 100}'`.");
    return false;
}

bool kind_list_check(struct diag_list *dl, const struct cat_kind *k) {
    if (!given(k->list.at))
        return true;
    bool ok = check_service(dl, &k->list) && check_input(dl, &k->list.input);
    for (uint32_t i = 0; i < k->list.attributes.n; i++) {
        const struct cfg_text *name = &k->list.attributes.items[i].name;
        if (kind_attribute(k, name->text) != NULL)
            continue;
        ok = false;
        struct diag *d = diag_add(dl, DIAG_CATALOG_FILE, name->at,
                                  "`list` has `%.*s`, which is no "
                                  "attribute of `%.*s`",
                                  STR_ARG(name->text), STR_ARG(k->kind.text));
        diag_hint(dl, d, "Name a key of `attributes`.");
    }
    return ok;
}
