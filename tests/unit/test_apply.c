/* SPDX-License-Identifier: MIT */
/* What operations that write are asked with, which steps there are, and what is not touched. */
#include "unit.h"

#include "apply/consistent.h"
#include "apply/each.h"
#include "apply/input.h"
#include "apply/steps.h"
#include "live/request.h"
#include "model/value_json.h"
#include "resource/resource.h"

/* ---- a kind of our own */

static const struct resource_attr inner_rows[] = {
    {.tf = "name", .api = "Deep/Name", .type = ATTR_STR},
    {.tf = "size", .api = "Size", .type = ATTR_NUM},
    {.tf = "on", .api = "Status", .type = ATTR_BOOL, .yes = "Enabled", .no = "Suspended"},
};
static const struct resource_attr rows[] = {
    {.tf = "name", .api = "Name", .type = ATTR_STR, .flags = ATTR_IDENTITY},
    {.tf = "days", .api = "Days", .type = ATTR_NUM, .def = "7"},
    {.tf = "policy", .api = "Policy", .type = ATTR_JSON},
    {.tf = "labels", .api = "Labels", .type = ATTR_STR_MAP, .pair = "Key,Value"},
    {.tf = "targets", .api = "Targets", .type = ATTR_STR_LIST},
    {.tf = "rule", .api = "Rule", .type = ATTR_BLOCK, .block = inner_rows, .nblock = 3},
    {.tf = "rules", .api = "Rules", .type = ATTR_BLOCKS, .block = inner_rows, .nblock = 3},
    {.tf = "beside", .type = ATTR_BLOCK, .block = inner_rows, .nblock = 3},
    {.tf = "text_number", .api = "Value", .type = ATTR_STR, .flags = ATTR_NUMBER},
    {.tf = "archive", .type = ATTR_STR},
    {.tf = "only_terraform", .type = ATTR_STR},
    {.tf = "arn",
     .api = "Arn",
     .type = ATTR_STR,
     .flags = ATTR_COMPUTED,
     .made = "arn:${partition}:x:${region}:${account}:${name}"},
    {.tf = "id", .api = "Id", .type = ATTR_STR, .flags = ATTR_COMPUTED},
    {.tf = "tags_all", .api = "Tags", .type = ATTR_STR_MAP, .flags = ATTR_TAGS},
};
static const struct resource_kind kind = {
    .tf = "aws_thing", .title = "thing", .attrs = rows, .nattrs = sizeof rows / sizeof *rows};

static str file_text(void *ctx, const struct node *of, str path) {
    (void)ctx;
    (void)of;
    return str_is(path, "a.zip") ? STR("zip\n") : STR("");
}

static const struct diff_options options = {.partition = STR_INIT("aws"),
                                            .region = STR_INIT("eu-west-1"),
                                            .account = STR_INIT("123456789012"),
                                            .file = file_text};

static struct value *text(struct arena *a, const char *z) {
    return value_str(a, str_c(z), SPAN_NONE);
}

static struct value *map_of(struct arena *a, const char *json) {
    const char *why;
    struct value *v = value_of_json(a, str_c(json), &why);
    assert_non_null(v);
    return v;
}

static void fill_block(struct arena *a, struct graph_block b, const char *name) {
    graph_block_set(b, "name", text(a, name));
    graph_block_set(b, "size", value_int(a, 3, SPAN_NONE));
    graph_block_set(b, "on", value_bool(a, false, SPAN_NONE));
}

static struct node *thing(struct graph *g, const char *name) {
    struct arena *a = g->arena;
    struct node *n = graph_add(g, &kind, str_c(name), SPAN_NONE);
    n->name = str_c(name);
    node_set(n, "name", text(a, name));
    return n;
}

/* What was told before, and which item it is called for. */
struct beside {
    const struct value *first, *item;
    const struct resource_attr *item_row;
};

/* What an operation is asked with, as JSON on one line; or why it cannot be. */
static str asked_with(struct graph *g, const struct node *n, const struct node *have,
                      const char *input, struct beside more) {
    struct known k;
    struct graph *there = graph_new(g->arena);
    str why = {NULL, 0};
    known_init(&k, g->arena, g, there, &options);
    const struct input_from from = {.a = g->arena,
                                    .known = &k,
                                    .node = n,
                                    .have = have,
                                    .first = more.first,
                                    .item = more.item,
                                    .item_row = more.item_row,

                                    .file = file_text};
    const struct value *v = input_make(&from, input, &why);
    if (v == NULL)
        return arena_cat(g->arena, STR("not: "), why);
    struct buf b = BUF_INIT(65536);
    value_put_json(&b, v);
    return buf_keep(&b, g->arena);
}

static str asked(struct graph *g, const struct node *n, const struct node *have,
                 const char *input) {
    return asked_with(g, n, have, input, (struct beside){0});
}

static struct node *full(struct graph *g) {
    struct arena *a = g->arena;
    struct node *n = thing(g, "x");
    struct value *list = value_list(a, VALUE_LIST, 2, SPAN_NONE);
    value_push(list, text(a, "b"));
    value_push(list, text(a, "a"));
    node_set(n, "days", value_int(a, 30, SPAN_NONE));
    node_set(n, "policy", value_json(a, map_of(a, "{\"Id\":\"\\\"${x}\"}"), SPAN_NONE));
    node_set(n, "labels", map_of(a, "{\"k\":\"v\"}"));
    node_set(n, "targets", list);
    fill_block(a, graph_block_of(g, n, "rule", SPAN_NONE), "one");
    fill_block(a, graph_block_push(g, n, "rules", 2, SPAN_NONE), "two");
    fill_block(a, graph_block_of(g, n, "beside", SPAN_NONE), "here");
    node_set(n, "text_number", text(a, "2.5"));
    node_set(n, "archive", value_file_used(a, STR("a.zip"), VALUE_FILE_PATH, SPAN_NONE));
    node_set(n, "only_terraform", text(a, "no"));
    g->tags = map_of(a, "{\"project\":\"shop\"}");
    return n;
}

static void attributes_are_as_the_api_has_them(void **state) {
    struct graph *g = graph_new(*state);
    const struct node *n = full(g);
    assert_text(
        asked(g, n, NULL, "{\"*\":\"\"}"),
        "{\"Days\":30, \"Deep\":{\"Name\":\"here\"}, \"Labels\":[{\"Key\":\"k\", \"Value\":"
        "\"v\"}], \"Name\":\"x\", \"Policy\":\"{\\\"Id\\\":\\\"\\\\\\\"${x}\\\"}\", \"Rule\":{"
        "\"Deep\":{\"Name\":\"one\"}, \"Size\":3, \"Status\":\"Suspended\"}, \"Rules\":[{"
        "\"Deep\":{\"Name\":\"two\"}, \"Size\":3, \"Status\":\"Suspended\"}], \"Size\":3, "
        "\"Status\":\"Suspended\", \"Targets\":[\"b\", \"a\"], \"Value\":2.5}");
}

/* What AWS keeps as a text is the text that Terraform would have written. */
static void documents_are_as_terraform_writes_them(void **state) {
    struct buf b = BUF_INIT(65536);
    value_put_jsonencode(&b, map_of(*state, "{\"b\": \"<&>\\n\", \"a\": [1, {\"<\": true}]}"));
    assert_text(buf_keep(&b, *state),
                "{\"a\":[1,{\"\\u003c\":true}],\"b\":\"\\u003c\\u0026\\u003e\\n\"}");
}

static const struct {
    const char *what, *input, *full, *bare;
} forms[] = {
    {"one attribute", "{\"D\":\"${days}\"}", "{\"D\":30}", "{}"},
    {"a default", "{\"D\":\"${days!}\", \"P\":\"${policy!}\", \"T\":\"${targets!}\"}",
     "{\"D\":30, \"P\":\"{\\\"Id\\\":\\\"\\\\\\\"${x}\\\"}\", \"T\":[\"b\", \"a\"]}",
     "{\"D\":7, \"P\":\"\", \"T\":[]}"},
    {"of a block", "{\"N\":\"${rule.name}\"}", "{\"N\":\"one\"}", "{}"},
    {"text around", "{\"A\":\"${account}/${name}-${region}\"}",
     "{\"A\":\"123456789012/x-eu-west-1\"}", "{\"A\":\"123456789012/y-eu-west-1\"}"},
    {"what is made", "{\"A\":\"${arn}\"}", "{\"A\":\"arn:aws:x:eu-west-1:123456789012:x\"}",
     "{\"A\":\"arn:aws:x:eu-west-1:123456789012:y\"}"},
    {"a dollar", "{\"A\":\"$LATEST\", \"R\":\"${location}\"}",
     "{\"A\":\"$LATEST\", \"R\":\"eu-west-1\"}", "{\"A\":\"$LATEST\", \"R\":\"eu-west-1\"}"},
    {"tags of others", "{\"T\":\"${tags_all+}\"}", "{\"T\":{\"project\":\"shop\", \"x\":\"y\"}}",
     "{\"T\":{\"project\":\"shop\"}}"},
    {"tags", "{\"T\":\"${tags_all}\", \"L\":\"${tags_all|TagKey,TagValue}\"}",
     "{\"L\":[{\"TagKey\":\"project\", \"TagValue\":\"shop\"}], \"T\":{\"project\":\"shop\"}}",
     "{\"L\":[{\"TagKey\":\"project\", \"TagValue\":\"shop\"}], \"T\":{\"project\":\"shop\"}}"},
    {"how many", "{\"N\":\"${#targets}\"}", "{\"N\":2}", "{\"N\":0}"},
    {"items go with what they lack",
     "{\"E\":[{\"k\":\"a\", \"v\":\"${days}\"}, {\"k\":\"b\", \"v\":\"${name}\"}]}",
     "{\"E\":[{\"k\":\"a\", \"v\":30}, {\"k\":\"b\", \"v\":\"x\"}]}",
     "{\"E\":[{\"k\":\"b\", \"v\":\"y\"}]}"},
    {"nothing is left", "{\"M\":{\"a\":{\"b\":\"${days}\"}}, \"L\":[\"${days}\"]}",
     "{\"L\":[30], \"M\":{\"a\":{\"b\":30}}}", "{}"},
    {"bytes", "{\"Z\":\"${archive}\"}", "{\"Z\":\"emlwCg==\"}", "{}"},
    {"whether it is given, and how many", "{\"G\":\"${?targets}\", \"N\":\"${#rule}\"}",
     "{\"G\":true, \"N\":1}", "{\"G\":false, \"N\":0}"},
    {"for each",
     "{\"L\":[\"for rules\", {\"N\":\"${.name}\", \"X\":\"${id}\"}, {\"N\":\"${name}\"}]}",
     "{\"L\":[{\"N\":\"two\", \"X\":\"i-1\"}, {\"N\":\"x\"}]}", "{\"L\":[{\"N\":\"y\"}]}"},
    {"for each text", "{\"L\":[\"for targets\", {\"T\":\"${.}\"}]}",
     "{\"L\":[{\"T\":\"b\"}, {\"T\":\"a\"}]}", "{}"},
    {"unless", "{\"L\":[\"unless rule\", {\"T\":\"${targets!}\"}]}", "{}", "{\"L\":[{\"T\":[]}]}"},
    {"as it is there", "{\"I\":\"${@id}\", \"J\":\"${id}\"}", "{\"I\":\"i-1\", \"J\":\"i-1\"}",
     "{}"},
    {"no such attribute", "{\"I\":\"${nothing}\"}", "not: there is no attribute nothing",
     "not: there is no attribute nothing"},
};

static void placeholders_are_filled(void **state) {
    struct graph *g = graph_new(*state);
    const struct node *all = full(g);
    const struct node *bare = thing(g, "y");
    struct node *have = thing(graph_new(*state), "x");
    node_set(have, "id", text(*state, "i-1"));
    node_set(have, "tags_all", map_of(*state, "{\"project\":\"old\",\"x\":\"y\"}"));
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        print_message("%s\n", forms[i].what);
        assert_text(asked(g, all, have, forms[i].input), forms[i].full);
        assert_text(asked(g, bare, NULL, forms[i].input), forms[i].bare);
    }
}

/* What was told: a list of two, of which XML has one alone as no list. */
#define TOLD                                                                                       \
    "{\"ETag\":\"e\", \"C\":{\"A\":\"old\", \"B\":\"kept\", \"Q\":{\"R\":[{\"Id\":\"y\"}, "        \
    "{\"Id\":\"two\", \"More\":1, \"N\":2}]}, \"O\":{\"K\":1}, \"Z\":\"kept as well\"}}"
static const struct {
    const char *what, *input, *asked;
} laid_over[] = {
    {"what was told", "{\"If-Match\":\"${<ETag}\", \"K\":\"${<C/O/K}\"}",
     "{\"If-Match\":\"e\", \"K\":1}"},
    {"what is not named stays", "{\"C\":{\"<\":\"\", \"A\":\"${name}\", \"Q\":{}, \"O\":[]}}",
     "{\"C\":{\"A\":\"x\", \"B\":\"kept\", \"O\":[], \"Q\":{}, \"Z\":\"kept as well\"}}"},
    {"what is named and not given goes",
     "{\"C\":{\"<\":\"\", \"A\":\"${@id}\", \"B\":\"${id}\", \"Q\":[]}}",
     "{\"C\":{\"O\":{\"K\":1}, \"Q\":[], \"Z\":\"kept as well\"}}"},
    {"an item by its name",
     "{\"C\":{\"Q\":{\"R\":[\"for rules\", {\"<\":\"Id\", \"Id\":\"${.name}\", "
     "\"N\":\"${.size}\"}]}}}",
     "{\"C\":{\"Q\":{\"R\":[{\"Id\":\"two\", \"More\":1, \"N\":3}]}}}"},
    {"one of another name begins anew",
     "{\"C\":{\"Q\":{\"R\":[{\"<\":\"Id\", \"Id\":\"three\", \"N\":4}]}}}",
     "{\"C\":{\"Q\":{\"R\":[{\"Id\":\"three\", \"N\":4}]}}}"},
    {"an item by its place",
     "{\"C\":{\"O\":[{\"<\":\"\", \"N\":\"${name}\"}, {\"<\":\"\", \"N\":2}]}}",
     "{\"C\":{\"O\":[{\"K\":1, \"N\":\"x\"}, {\"N\":2}]}}"},
};

static void what_was_read_is_kept(void **state) {
    struct graph *g = graph_new(*state);
    const struct node *n = full(g);
    const struct beside told = {.first = map_of(*state, TOLD)};
    for (size_t i = 0; i < sizeof laid_over / sizeof *laid_over; i++) {
        print_message("%s\n", laid_over[i].what);
        assert_text(asked_with(g, n, NULL, laid_over[i].input, told), laid_over[i].asked);
    }
}

/* Each of what is wanted and not there, or the other way round, by name. */
static str items(struct graph *g, const struct node *want, const struct node *have,
                 const struct resource_write *w, const char *input) {
    struct known k;
    str why = {NULL, 0}, all = STR("");
    known_init(&k, g->arena, g, graph_new(g->arena), &options);
    const struct input_from from = {.a = g->arena, .known = &k, .node = want, .have = have};
    const struct value *v = each_items(&from, w, false, &why);
    assert_non_null(v);
    for (uint32_t i = 0; i < v->list.n; i++) {
        const struct beside of = {.item = v->list.items[i], .item_row = each_row(&kind, w)};
        all = arena_cat(g->arena, all, asked_with(g, want, have, input, of));
    }
    return all;
}

static void rows_are_called_for_each_item(void **state) {
    struct graph *g = graph_new(*state);
    struct node *want = full(g), *have = thing(graph_new(*state), "x");
    const struct resource_write rules = {.each = "rules"}, gone = {.each = "rules", .gone = true};
    const struct resource_write texts = {.each = "targets"};
    fill_block(*state, graph_block_push(g, want, "rules", 2, SPAN_NONE), "three");
    fill_block(*state, graph_block_push(g, have, "rules", 2, SPAN_NONE), "other");
    fill_block(*state, graph_block_push(g, have, "rules", 2, SPAN_NONE), "two");
    node_set(have, "targets", value_list(*state, VALUE_LIST, 1, SPAN_NONE));
    value_push(have->attrs[4], text(*state, "b"));
    assert_text(items(g, want, have, &rules, "{\"N\":\"${.name}\"}"), "{\"N\":\"three\"}");
    assert_text(items(g, want, have, &gone, "{\"N\":\"${.name}\"}"), "{\"N\":\"other\"}");
    assert_text(items(g, want, have, &texts, "{\"N\":\"${.}\"}"), "{\"N\":\"a\"}");
}

static void what_is_not_known_is_not_said(void **state) {
    struct graph *g = graph_new(*state);
    struct node *n = thing(g, "x");
    node_set(n, "targets", value_list(*state, VALUE_LIST, 1, SPAN_NONE));
    value_push(n->attrs[4], value_ref(*state, thing(g, "y"), "id", SPAN_NONE));
    assert_text(asked(g, n, NULL, "{\"*\":\"\"}"),
                "not: targets is not known before something else is there");
    n = thing(g, "z");
    node_set(n, "archive", value_file_used(*state, STR("b.zip"), VALUE_FILE_PATH, SPAN_NONE));
    assert_text(asked(g, n, NULL, "{\"Z\":\"${archive}\"}"), "not: there is no file b.zip");
}

static struct value *texts(struct arena *a, const char *words) {
    struct value *list = value_list(a, VALUE_LIST, 8, SPAN_NONE);
    for (str rest = str_c(words); rest.n > 0;)
        value_push(list, value_str(a, str_split(&rest, ' '), SPAN_NONE));
    return list;
}

static const struct {
    const char *want, *have;
    struct resource_write row;
    bool deleting;
    const char *items;
} lists[] = {
    {"b a", "a c", {.each = "targets"}, false, "[\"b\"]"},
    {"b a", "a c", {.each = "targets", .gone = true}, false, "[\"c\"]"},
    {"b a", "a c", {.each = "targets", .gone = true}, true, "[\"a\", \"c\"]"},
    {"a", "a", {.each = "targets"}, false, "[]"},
    {"", "v9 v10 v2 v11", {.each = "targets", .gone = true, .keep = 3}, false, "[\"v2\"]"},
    {"", "v9 v10", {.each = "targets", .gone = true, .keep = 3}, false, "[]"},
};

static void operations_are_called_for_what_differs(void **state) {
    struct graph *g = graph_new(*state);
    struct known k;
    known_init(&k, *state, g, graph_new(*state), &options);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct node *want = thing(g, "x"), *have = thing(graph_new(*state), "x");
        node_set(want, "targets", texts(*state, lists[i].want));
        node_set(have, "targets", texts(*state, lists[i].have));
        const struct input_from from = {.a = *state, .known = &k, .node = want, .have = have};
        str why;
        const struct value *v = each_items(&from, &lists[i].row, lists[i].deleting, &why);
        struct buf b = BUF_INIT(65536);
        value_put_json(&b, v);
        assert_text(buf_keep(&b, *state), lists[i].items);
    }
}

/* ---- bodies */

static void bodies_are_xml_forms_and_json(void **state) {
    static const char params[] = "{\"A\":{\"Rule\":[{\"ID\":\"<&\\\">\"},{\"ID\":2}],\"On\":true}}";
    struct arena *a = *state;
    const struct value *v = map_of(a, params);
    assert_text(request_body(a, aws_service_find(STR("s3")), v),
                "<A xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ID>&lt;&amp;&quot;&gt;"
                "</ID></Rule><Rule><ID>2</ID></Rule><On>true</On></A>");
    assert_text(request_body(a, aws_service_find(STR("sns")),
                             map_of(a, "{\"M\":{\"entry\":[{\"key\":\"a b\",\"value\":1}]},"
                                       "\"L\":[\"x\"]}")),
                "M.entry.1.key=a%20b&M.entry.1.value=1&L.member.1=x");
}

/* ---- the tables */

static void each_placeholder_of_the_tables_names_an_attribute(void **state) {
    struct arena *a = *state;
    for (uint32_t i = 0; i < resource_kinds_n; i++) {
        const struct resource_kind *k = resource_kinds[i];
        const struct resource_writing *w = resource_writing_of(k);
        struct graph *g = graph_new(a);
        struct node *n = graph_add(g, k, STR("x"), SPAN_NONE);
        for (uint32_t r = 0; w != NULL && r < w->n; r++) {
            const struct resource_write *row = &w->rows[r];
            const struct beside more = {.item_row = each_row(k, row), .first = map_of(a, "{}")};
            const char *first = row->first == NULL ? "{}" : row->first->input;
            str said = row->input == NULL ? STR("") : asked_with(g, n, n, row->input, more);
            assert_false(str_starts(asked(g, n, n, first), STR("not: ")));
            assert_true(row->each == NULL || more.item_row != NULL);
            if (str_starts(said, STR("not: ")))
                print_message("%s %s: %.*s\n", k->tf, row->operation, STR_ARG(said));
            assert_false(str_starts(said, STR("not: ")));
            if (row->each != NULL)
                assert_true(resource_attr_index(k->attrs, k->nattrs, row->each) >= 0);
            for (str rest = str_c(row->also); rest.n > 0;) {
                str name = arena_str(a, str_split(&rest, ' '));
                assert_true(resource_attr_index(k->attrs, k->nattrs, (const char *)name.p) >= 0);
            }
            if (row->unset != NULL)
                assert_true(resource_attr_index(k->attrs, k->nattrs, row->unset) >= 0);
            for (str rest = str_c(row->gives); rest.n > 0;) {
                str path = str_split(&rest, ' ');
                str name = arena_str(a, str_split(&path, '='));
                assert_true(resource_attr_index(k->attrs, k->nattrs, (const char *)name.p) >= 0);
            }
        }
    }
}

/* Whether an operation of this effect is asked with it. */
static bool is_said(const struct resource_kind *k, uint32_t attr, unsigned effect) {
    const struct resource_writing *w = resource_writing_of(k);
    for (uint32_t r = 0; w != NULL && r < w->n; r++) {
        const struct resource_write *row = &w->rows[r];
        if ((row->effects & effect) != 0 && input_sets(k, row, attr))
            return true;
    }
    return false;
}

/* Whether nothing of it can be changed in place. */
static bool is_fixed(const struct resource_attr *row) {
    bool all = row->nblock > 0;
    for (uint32_t i = 0; i < row->nblock; i++)
        all = all && (row->block[i].flags & ATTR_REPLACE) != 0;
    return all || (row->flags & (ATTR_REPLACE | ATTR_IDENTITY)) != 0;
}

static void each_attribute_is_written(void **state) {
    uint32_t lacking = 0;
    (void)state;
    for (uint32_t i = 0; i < resource_kinds_n; i++) {
        const struct resource_kind *k = resource_kinds[i];
        for (uint32_t j = 0; j < k->nattrs && !k->data; j++) {
            const struct resource_attr *row = &k->attrs[j];
            bool own = row->api == NULL && row->type != ATTR_BLOCK && row->type != ATTR_BLOCKS;
            bool left = own || (row->flags & ATTR_COMPUTED) != 0;
            bool fixed = is_fixed(row) || k->kept;
            bool made = left || is_said(k, j, RESOURCE_CREATES) || is_said(k, j, RESOURCE_CHANGES);
            bool changed = left || fixed || is_said(k, j, RESOURCE_CHANGES);
            if (!made || !changed)
                print_message("%s.%s is not %s\n", k->tf, row->tf, made ? "changed" : "written");
            lacking += !made || !changed;
        }
    }
    assert_int_equal(lacking, 0);
}

/* ---- steps */

static struct step *step_of(struct steps *s, const struct node *want) {
    for (uint32_t i = 0; i < s->items.n; i++) {
        if (s->items.at[i]->want == want)
            return s->items.at[i];
    }
    return NULL;
}

static void what_is_referred_to_comes_first(void **state) {
    struct arena *a = *state;
    struct graph *g = graph_new(a), *there = graph_new(a);
    struct node *last = thing(g, "last"), *first = thing(g, "first");
    struct value *part = value_list(a, VALUE_TEXT, 2, SPAN_NONE);
    struct steps steps;
    struct diff d;
    const struct steps_options o = {0};
    value_push(part, text(a, "to "));
    value_push(part, value_ref(a, first, "arn", SPAN_NONE));
    graph_block_set(graph_block_push(g, last, "rules", 1, SPAN_NONE), "name", part);
    diff_graphs(a, g, there, &options, &d);
    steps_make(a, g, &d, &o, &steps);
    assert_int_equal(steps.sums[STEP_CREATE], 2);
    assert_int_equal(step_of(&steps, last)->waits, 1);
    assert_int_equal(step_of(&steps, first)->waits, 0);
    assert_int_equal(step_of(&steps, first)->then.n, 1);
}

static struct node *policy(struct graph *g, const char *description) {
    struct node *n = graph_add(g, &resource_iam_policy, STR("p"), SPAN_NONE);
    node_set(n, "name", text(g->arena, "p"));
    node_set(n, "description", text(g->arena, description));
    return n;
}

static struct node *attachment(struct graph *g, struct value *arn) {
    struct node *n = graph_add(g, &resource_iam_role_policy_attachment, STR("a"), SPAN_NONE);
    node_set(n, "role", text(g->arena, "r"));
    node_set(n, "policy_arn", arn);
    return n;
}

static void what_holds_on_goes_before_and_comes_back(void **state) {
    struct arena *a = *state;
    struct graph *g = graph_new(a), *there = graph_new(a);
    struct node *want = policy(g, "other");
    const struct node *holds = attachment(g, value_ref(a, want, "arn", SPAN_NONE));
    struct steps steps;
    struct diff d;
    const struct steps_options o = {0};
    policy(there, "this");
    attachment(there, text(a, "arn:aws:iam::123456789012:policy/p"));
    diff_graphs(a, g, there, &options, &d);
    steps_make(a, g, &d, &o, &steps);
    const struct step *replaced = steps.items.at[0], *gone = steps.items.at[1];
    const struct step *back = steps.items.at[2];
    assert_int_equal(steps.items.n, 3);
    assert_true(replaced->want == want && replaced->action == STEP_REPLACE);
    assert_true(gone->want == holds && gone->action == STEP_DELETE && gone->deleting);
    assert_true(back->want == holds && back->action == STEP_CREATE);
    assert_true(gone->waits == 0 && gone->then.n == 1 && gone->then.at[0] == replaced);
    assert_true(replaced->waits == 1 && replaced->then.n == 1 && replaced->then.at[0] == back);
    assert_int_equal(back->waits, 1);
}

static void owners_are_known_by_tags(void **state) {
    struct arena *a = *state;
    struct graph *g = graph_new(a), *there = graph_new(a);
    struct node *have = thing(there, "x");
    g->tags = map_of(a, "{\"project\":\"shop\",\"environment\":\"production\",\"team\":\"x\"}");
    assert_false(steps_is_ours(g, have));
    node_set(have, "tags_all", map_of(a, "{\"project\":\"shop\",\"environment\":\"staging\"}"));
    assert_false(steps_is_ours(g, have));
    have = thing(there, "y");
    node_set(have, "tags_all", map_of(a, "{\"environment\":\"production\",\"project\":\"shop\"}"));
    assert_true(steps_is_ours(g, have));
}

static void some_regions_reach_another(void **state) {
    (void)state;
    assert_true(graph_reaches_global(STR("eu-west-1")));
    assert_true(graph_reaches_global(STR("mx-central-1")));
    assert_false(graph_reaches_global(STR("us-east-1")));
    assert_false(graph_reaches_global(STR("cn-north-1")));
    assert_false(graph_reaches_global(STR("us-gov-west-1")));
}

/* ---- refusals that pass */

static void some_refusals_pass(void **state) {
    const struct resource_write lambda = {.effects = RESOURCE_CREATES, .service = "lambda"};
    const struct resource_write sns = {.effects = RESOURCE_CREATES, .service = "sns"};
    struct aws_error role = {.kind = AWS_INVALID,
                             .code = STR("InvalidParameterValueException"),
                             .message = STR("The role defined for the function cannot be assumed "
                                            "by Lambda.")};
    struct aws_error none = {.kind = AWS_NOT_FOUND, .code = STR("NotFound")};
    (void)state;
    assert_true(consistent_wait_ms(&lambda, &role, false) > 0);
    assert_int_equal(consistent_wait_ms(&sns, &role, false), 0);
    assert_true(consistent_wait_ms(&sns, &none, true) > 0);
    assert_int_equal(consistent_wait_ms(&sns, &none, false), 0);
}

static const struct {
    const char *service, *body;
    enum aws_error_kind kind;
    bool passes;
} told[] = {
    {"lambda",
     "{\"__type\":\"ResourceConflictException\",\"Message\":\"Function already exist: x\"}",
     AWS_EXISTS, false},
    {"lambda",
     "{\"__type\":\"ResourceConflictException\",\"Message\":\"The operation cannot be performed at "
     "this time.\"}",
     AWS_CONFLICT, true},
    {"scheduler", "{\"__type\":\"ConflictException\",\"Message\":\"Schedule x already exists.\"}",
     AWS_EXISTS, false},
    {"scheduler", "{\"__type\":\"ConflictException\",\"Message\":\"Try again.\"}", AWS_CONFLICT,
     false},
    {"chatbot", "{\"__type\":\"ConflictException\",\"Message\":\"It is there.\"}", AWS_EXISTS,
     false},
};

/* AWS has one code for what is being changed and for what is there already. */
static void codes_are_told_apart_by_their_messages(void **state) {
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        const struct resource_write row = {.effects = RESOURCE_CREATES, .service = told[i].service};
        struct aws_error e;
        aws_error_read(*state, aws_service_find(str_c(told[i].service)), STR("Create"), 409, NULL,
                       0, str_c(told[i].body), &e);
        assert_int_equal(e.kind, told[i].kind);
        assert_int_equal(consistent_wait_ms(&row, &e, true) > 0, told[i].passes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        UNIT_TEST(attributes_are_as_the_api_has_them),
        UNIT_TEST(documents_are_as_terraform_writes_them),
        UNIT_TEST(placeholders_are_filled),
        UNIT_TEST(what_was_read_is_kept),
        UNIT_TEST(rows_are_called_for_each_item),
        UNIT_TEST(what_is_not_known_is_not_said),
        UNIT_TEST(operations_are_called_for_what_differs),
        UNIT_TEST(bodies_are_xml_forms_and_json),
        UNIT_TEST(each_placeholder_of_the_tables_names_an_attribute),
        UNIT_TEST(each_attribute_is_written),
        UNIT_TEST(what_is_referred_to_comes_first),
        UNIT_TEST(what_holds_on_goes_before_and_comes_back),
        UNIT_TEST(owners_are_known_by_tags),
        UNIT_TEST(some_regions_reach_another),
        UNIT_TEST(some_refusals_pass),
        UNIT_TEST(codes_are_told_apart_by_their_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
