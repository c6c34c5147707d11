/* SPDX-License-Identifier: MIT */
#include "base/sha256.h"

#include "unit.h"

static void sum_is(const void *p, size_t n, size_t piece, const char *want) {
    struct sha256 h;
    char hex[SHA256_HEX + 1];
    sha256_begin(&h);
    for (size_t at = 0; at < n; at += piece)
        sha256_add(&h, (const char *)p + at, n - at < piece ? n - at : piece);
    sha256_end_hex(&h, hex);
    assert_string_equal(hex, want);
}

/* The examples of FIPS 180-4. */
static void test_examples(void **state) {
    static const struct {
        const char *text, *sum;
    } rows[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"
         "lmnopqrsmnopqrstnopqrstu",
         "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t piece = 1; piece < 130; piece++)
            sum_is(rows[i].text, strlen(rows[i].text), piece, rows[i].sum);
    }
}

static void test_million(void **state) {
    unsigned char *p = arena_alloc(*state, 1000000, 1);
    memset(p, 'a', 1000000);
    sum_is(p, 1000000, 4093, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* Lengths around the end of a block, where the length of the text needs a block of its own. */
static void test_ends(void **state) {
    static const struct {
        size_t n;
        const char *sum;
    } rows[] = {
        {55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"},
        {56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"},
        {63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"},
        {64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"},
        {65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0"},
    };
    char text[65];
    (void)state;
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        sum_is(text, rows[i].n, rows[i].n, rows[i].sum);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        UNIT_TEST(test_examples),
        UNIT_TEST(test_million),
        UNIT_TEST(test_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
