/* SPDX-License-Identifier: MIT */
#include "base/embed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

static void files_are_sorted_and_found(void **state) {
    (void)state;
    for (uint32_t i = 0; i < embed_nfiles; i++) {
        str path = str_c(embed_files[i].path);
        assert_ptr_equal(embed_find(path), &embed_files[i]);
        if (i > 0)
            assert_true(str_cmp(str_c(embed_files[i - 1].path), path) < 0);
    }
}

/* Every byte, also of files that are longer than one literal (tests run in the source tree). */
static void files_have_their_bytes(void **state) {
    (void)state;
    for (uint32_t i = 0; i < embed_nfiles; i++) {
        FILE *in = fopen(embed_files[i].path, "rb");
        uint32_t at = 0;
        int c;
        assert_non_null(in);
        while ((c = fgetc(in)) != EOF) {
            assert_true(at < embed_files[i].size);
            assert_int_equal(embed_files[i].data[at], c);
            at++;
        }
        fclose(in);
        assert_int_equal(at, embed_files[i].size);
    }
}

static void other_paths_are_not_found(void **state) {
    (void)state;
    assert_null(embed_find(STR("")));
    assert_null(embed_find(STR("catalog")));
    assert_null(embed_find(STR("catalog/ec2.yam")));
    assert_null(embed_find(STR("catalog/ec2.yamlx")));
    assert_null(embed_find(STR("zzz")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_sorted_and_found),
        cmocka_unit_test(files_have_their_bytes),
        cmocka_unit_test(other_paths_are_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
