/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "emit/hcl.h"
#include "emit/hcl_value.h"
#include "resource/resource.h"

#include <stdio.h>

static str escaped(struct arena *a, str s) {
    struct buf b = BUF_INIT(4096);
    hcl_put_string(&b, s);
    str r = arena_str(a, buf_str(&b));
    buf_done(&b);
    return r;
}

static void special_characters(void **state) {
    struct arena *a = *state;
    assert_text(escaped(a, STR("")), "\"\"");
    assert_text(escaped(a, STR("\"\\\n\r\t")), "\"\\\"\\\\\\n\\r\\t\"");
    assert_text(escaped(a, STR("\0\x01\x1b\x7f")), "\"\\u0000\\u0001\\u001b\\u007f\"");
    assert_text(escaped(a, STR("${aws_x.y} %{if true}")), "\"$${aws_x.y} %%{if true}\"");
    /* Terraform reads "$$${x}" as $${x}; only the last one before a brace is doubled. */
    assert_text(escaped(a, STR("$${x} %%{x} $ % {} $x %x")), "\"$$${x} %%%{x} $ % {} $x %x\"");
    assert_text(escaped(a, STR("a$")), "\"a$\"");
    assert_text(escaped(a, str_sub(STR("a${"), 0, 2)), "\"a$\"");
    assert_text(escaped(a, STR("\\${x}")), "\"\\\\$${x}\"");
    assert_text(escaped(a, STR("\xC3\xA9 $(reboot) `id` #//")), "\"\xC3\xA9 $(reboot) `id` #//\"");
}

static str value(struct arena *a, const struct value *v, unsigned indent) {
    struct buf b = BUF_INIT(65536);
    hcl_put_value(&b, v, indent);
    str r = arena_str(a, buf_str(&b));
    buf_done(&b);
    return r;
}

static struct value *text(struct arena *a, const char *z) {
    return value_str(a, str_c(z), SPAN_NONE);
}

static void scalars(void **state) {
    struct arena *a = *state;
    assert_text(value(a, value_bool(a, true, SPAN_NONE), 0), "true");
    assert_text(value(a, value_num(a, num_ratio(-324, 5), SPAN_NONE), 0), "-64.8");
    assert_text(value(a, value_int(a, INT64_MIN, SPAN_NONE), 0), "-9223372036854775808");
    assert_text(value(a, value_var(a, STR("name"), NULL, SPAN_NONE), 0), "var.name");
    struct graph *g = graph_new(a);
    struct node *n = graph_add(g, &resource_sns_topic, STR("critical"), SPAN_NONE);
    assert_text(value(a, value_ref(a, n, "arn", SPAN_NONE), 0), "aws_sns_topic.critical.arn");
    struct node *d = graph_add(g, &resource_data_instance, STR("web"), SPAN_NONE);
    assert_text(value(a, value_ref(a, d, "id", SPAN_NONE), 0), "data.aws_instance.web.id");
    struct value *t = value_list(a, VALUE_TEXT, 3, SPAN_NONE);
    value_push(t, text(a, "a\"${x}"));
    value_push(t, value_ref(a, n, "name", SPAN_NONE));
    value_push(t, value_var(a, STR("v"), NULL, SPAN_NONE));
    assert_text(value(a, t, 0), "\"a\\\"$${x}${aws_sns_topic.critical.name}${var.v}\"");
}

/* Texts of several lines, and those that only look as if they could be written so. */
static void heredocs(void **state) {
    struct arena *a = *state;
    assert_text(value(a, text(a, "one\n\n  ${two}\n"), 1),
                "<<-EOT\n    one\n\n      $${two}\n  EOT");
    assert_text(value(a, text(a, "a\nEOT\nb\n"), 0), "\"a\\nEOT\\nb\\n\"");
    assert_text(value(a, text(a, "a\nb\r\n"), 0), "\"a\\nb\\r\\n\"");
    assert_text(value(a, text(a, "a\n\x01\n"), 0), "\"a\\n\\u0001\\n\"");
}

static void lists_and_maps(void **state) {
    struct arena *a = *state;
    struct value *l = value_list(a, VALUE_LIST, 8, SPAN_NONE);
    assert_text(value(a, l, 0), "[]");
    value_push(l, text(a, "a"));
    value_push(l, value_int(a, 1, SPAN_NONE));
    assert_text(value(a, l, 0), "[\"a\", 1]");
    for (int i = 0; i < 3; i++)
        value_push(l, value_int(a, i, SPAN_NONE));
    assert_text(value(a, l, 1), "[\n    \"a\",\n    1,\n    0,\n    1,\n    2,\n  ]");
    struct value *m = value_map(a, 4, SPAN_NONE);
    assert_text(value(a, m, 0), "{}");
    value_set(m, STR("a"), text(a, "x"));
    assert_text(value(a, m, 0), "{ a = \"x\" }");
    /* Keys that are no words are quoted, and widths are counted in characters. */
    value_set(m, STR("aws:\xC3\xA9"), text(a, "y"));
    value_set(m, STR("${k}"), text(a, "z"));
    assert_text(value(a, m, 0), "{\n"
                                "  a       = \"x\"\n"
                                "  \"aws:\xC3\xA9\" = \"y\"\n"
                                "  \"$${k}\" = \"z\"\n"
                                "}");
    assert_ptr_equal(value_get(m, STR("a")), m->map.fields[0].value);
    assert_null(value_get(m, STR("b")));
    assert_null(value_get(l, STR("a")));
}

static void one_value_for_two(void **state) {
    (void)state;
    struct buf b = BUF_INIT(4096);
    struct hcl h;
    hcl_init(&h, &b);
    assert_false(hcl_attr_again(&h, STR("first")));
    for (int i = 0; i < HCL_RUN_MAX - 1; i++) {
        buf_int(hcl_attr(&h, STR("key")), i);
        hcl_attr_end(&h);
    }
    assert_true(hcl_attr_again(&h, STR("second")));
    assert_false(hcl_attr_again(&h, STR("no_room")));
    hcl_gap(&h);
    assert_false(hcl_attr_again(&h, STR("other_run")));
    hcl_done(&h);
    assert_true(str_ends(buf_str(&b), STR("key    = 62\nsecond = 62\n\n")));
    buf_done(&b);
}

static void a_block(void **state) {
    (void)state;
    struct buf b = BUF_INIT(4096);
    struct hcl h;
    const str labels[] = {STR_INIT("aws_x"), STR_INIT("a\"b")};
    hcl_init(&h, &b);
    hcl_comment(&h, STR("one\nresource \"evil\" {}\r"));
    hcl_open(&h, "resource", labels, 2);
    hcl_put_string(hcl_attr(&h, STR("name")), STR("x"));
    hcl_attr_end(&h);
    buf_text(hcl_attr(&h, STR("longer_name")), "1");
    hcl_attr_end(&h);
    hcl_open(&h, "inner", NULL, 0);
    hcl_close(&h);
    hcl_close(&h);
    hcl_done(&h);
    assert_text(buf_str(&b), "# one resource \"evil\" {} \n"
                             "resource \"aws_x\" \"a\\\"b\" {\n"
                             "  name        = \"x\"\n"
                             "  longer_name = 1\n"
                             "\n"
                             "  inner {\n"
                             "  }\n"
                             "}\n");
    buf_done(&b);
}

static void more_attributes_than_a_run_holds(void **state) {
    struct arena *a = *state;
    struct buf b = BUF_INIT(65536);
    struct hcl h;
    hcl_init(&h, &b);
    for (int i = 0; i < HCL_RUN_MAX + 1; i++) {
        buf_int(hcl_attr(&h, arena_printf(a, "k%d", i)), i);
        hcl_attr_end(&h);
    }
    hcl_done(&h);
    assert_true(str_starts(buf_str(&b), STR("k0  = 0\n")));
    assert_true(str_ends(buf_str(&b), STR("k63 = 63\n\nk64 = 64\n")));
    buf_done(&b);
}

/* A run ends in it as well: it has room for so many and no more. */
static void a_full_buffer(void **state) {
    (void)state;
    struct buf b = BUF_INIT(64);
    struct hcl h;
    hcl_init(&h, &b);
    for (int i = 0; i < 3 * HCL_RUN_MAX; i++) {
        buf_int(hcl_attr(&h, STR("key")), i);
        hcl_attr_end(&h);
        assert_in_range(h.nrun, 1, HCL_RUN_MAX);
    }
    hcl_done(&h);
    assert_true(b.full);
    buf_done(&b);
}

/* ---- the graph */

static void labels_are_words_and_depend_on_the_name_alone(void **state) {
    struct graph *g = graph_new(*state);
    static const struct {
        const char *wanted, *label;
        int clash; /* the row that had the label first; -1: none */
    } rows[] = {
        {"high-cpu", "high_cpu", -1},     {"high_cpu", "high_cpu", 0}, {"high.cpu", "high_cpu", 0},
        {"high_cpu_2", "high_cpu_2", -1}, {"9lives", "_9lives", -1},   {"", "_", -1},
        {"a\"b${}\n", "a_b____", -1},     {"\xC3\xA9", "__", -1},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct node *n = graph_add(g, &resource_sns_topic, str_c(rows[i].wanted), SPAN_NONE);
        assert_text(n->label, rows[i].label);
        assert_ptr_equal(n->clash, rows[i].clash < 0 ? NULL : g->nodes.at[rows[i].clash]);
    }
    /* Another kind has names of its own. */
    const struct node *other = graph_add(g, &resource_dashboard, STR("high-cpu"), SPAN_NONE);
    assert_text(other->label, "high_cpu");
    assert_null(other->clash);
    assert_int_equal(g->nodes.n, sizeof rows / sizeof *rows + 1);
}

static void attributes(void **state) {
    struct graph *g = graph_new(*state);
    struct node *n = graph_add(g, &resource_sns_topic, STR("x"), SPAN_NONE);
    assert_null(node_get(n, "name"));
    node_set(n, "name", value_bool(g->arena, true, SPAN_NONE));
    assert_true(node_get(n, "name")->boolean);
    assert_null(node_get(n, "arn"));
}

static void check_attrs(const struct resource_attr *rows, uint32_t n, const char *kind) {
    for (uint32_t i = 0; i < n; i++) {
        if (resource_attr_index(rows, n, rows[i].tf) != (int)i)
            fail_msg("%s: %s is there twice", kind, rows[i].tf);
        bool block = rows[i].type == ATTR_BLOCK || rows[i].type == ATTR_BLOCKS;
        if (block != (rows[i].block != NULL) || block != (rows[i].nblock > 0))
            fail_msg("%s: %s is a block without rows, or has rows and is none", kind, rows[i].tf);
        check_attrs(rows[i].block, rows[i].nblock, rows[i].tf);
    }
}

static void the_table_of_resources(void **state) {
    (void)state;
    for (uint32_t i = 0; i < resource_kinds_n; i++) {
        const struct resource_kind *k = resource_kinds[i];
        assert_true(str_starts(str_c(k->tf), STR("aws_")));
        assert_true(k->title[0] != 0 && k->service[0] != 0);
        assert_true(str_ends(str_c(k->file), STR(".tf")));
        /* A resource and a data source may have one name. */
        for (uint32_t j = 0; j < i; j++)
            assert_false(resource_kinds[j]->data == k->data &&
                         strcmp(resource_kinds[j]->tf, k->tf) == 0);
        check_attrs(k->attrs, k->nattrs, k->tf);
    }
    assert_int_equal(resource_attr_index(resource_sns_topic.attrs, resource_sns_topic.nattrs, "x"),
                     -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        UNIT_TEST(special_characters),
        UNIT_TEST(scalars),
        UNIT_TEST(heredocs),
        UNIT_TEST(lists_and_maps),
        UNIT_TEST(one_value_for_two),
        UNIT_TEST(a_block),
        UNIT_TEST(more_attributes_than_a_run_holds),
        UNIT_TEST(a_full_buffer),
        UNIT_TEST(labels_are_words_and_depend_on_the_name_alone),
        UNIT_TEST(attributes),
        UNIT_TEST(the_table_of_resources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
