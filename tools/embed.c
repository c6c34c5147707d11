/* SPDX-License-Identifier: MIT */
/*
 * embed: files as C tables, for compiler/base/embed.h. Runs at build time.
 *
 *     embed OUT < LIST        LIST: one path a line, relative to the source tree
 *
 * The output depends only on the paths and bytes of the files. Bytes are written as
 * string literals, which compile some thirty times faster than lists of numbers; a
 * literal may have 4095 characters in C, so a file is an array of rows of that length.
 * The kinds of the catalog and their translations are parsed, and their trees written beside their
 * texts; one with a mistake in its YAML ends the build with the compiler's own message. So does a
 * table with a wrong line: opsc does not look at all lines of a table.
 */
#include "catalog/table.h"
#include "diag/render.h"
#include "yaml/yaml_pack.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW 4095 /* characters in one literal */
#define LINE 96  /* columns of one line of C */
#define PATH_MAX_BYTES 1024
#define FILES_MAX 10000
#define FILE_BYTES_MAX (16u << 20)

/* In bytes. A file that is not of the catalog has no tree. */
struct sizes {
    uint32_t text, tree;
};

static _Noreturn void fail(const char *what, const char *which) {
    fprintf(stderr, "embed: %s: %s\n", which, what);
    exit(1);
}

static int by_path(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* One byte inside a string literal. Three octal digits, so that a digit may follow. */
static int put_byte(FILE *out, int c) {
    if (c == '\n')
        return fprintf(out, "\\n");
    if (c < 32 || c > 126 || c == '"' || c == '\\' || c == '?') /* "??" starts a trigraph */
        return fprintf(out, "\\%03o", (unsigned)c);
    return fputc(c, out) == EOF ? 0 : 1;
}

static void put_row(FILE *out, const unsigned char *p, size_t n) {
    /* clang takes two literals side by side in an array for a comma that is missing; three are
     * fine. */
    bool split = n > 2 * (LINE + 4);
    int column = 0;
    fprintf(out, "    {\"");
    for (size_t i = 0; i < n; i++) {
        column += put_byte(out, p[i]);
        if (split && i + 1 < n && (p[i] == '\n' || column >= LINE)) {
            fprintf(out, "\"\n     \"");
            column = 0;
        }
    }
    fprintf(out, "\"},\n");
}

/* An array `name`; its rows are read as one array of bytes. */
static void put_bytes(FILE *out, const char *name, size_t index, str bytes) {
    fprintf(out, "static const unsigned char %s%zu[][%d] = {\n", name, index, ROW);
    for (uint32_t at = 0; at == 0 || at < bytes.n; at += ROW)
        put_row(out, bytes.p + at, bytes.n - at < ROW ? bytes.n - at : ROW);
    fprintf(out, "};\n");
}

static str read_file(struct arena *a, const char *path) {
    FILE *in = fopen(path, "rb");
    if (in == NULL)
        fail("cannot be read", path);
    struct buf b = BUF_INIT(FILE_BYTES_MAX);
    unsigned char part[ROW];
    size_t n;
    while ((n = fread(part, 1, sizeof part, in)) > 0)
        buf_put(&b, (str){part, (uint32_t)n});
    if (ferror(in) || b.full)
        fail("cannot be read, or is too big", path);
    fclose(in);
    return buf_keep(&b, a);
}

/* Whether the file is right below the folder, which ends in a slash. */
static bool is_in(const char *path, str folder) {
    str name = str_sub(str_c(path), folder.n, UINT32_MAX);
    return str_starts(str_c(path), folder) && str_find(name, '/') == name.n;
}

static void check_table(struct arena *a, const char *path, str text) {
    uint32_t bad, line = 1;
    if (table_check(a, text, &bad))
        return;
    for (uint32_t i = 0; i < bad; i++)
        line += text.p[i] == '\n';
    fprintf(stderr,
            "%s:%" PRIu32 ": a table is `columns: [a, b]`, `rows:`, and lines with a name, that is "
            "there once, and its values\n",
            path, line);
    exit(1);
}

static str pack_file(struct arena *a, const char *path, str text) {
    struct sources sources;
    struct diag_list dl;
    sources_init(&sources, a);
    diag_list_init(&dl, a, &sources);
    struct yaml_node *root = yaml_parse(a, a, &dl, sources_add(&sources, str_c(path), text, false));
    struct buf b = BUF_INIT(FILE_BYTES_MAX);
    if (root == NULL || dl.errors > 0) {
        diag_sort(&dl);
        render_diags(&b, &dl, &(struct render_options){.format = RENDER_TEXT});
        fprintf(stderr, "%.*s", STR_ARG(buf_str(&b)));
        exit(1);
    }
    yaml_pack(&b, root);
    if (b.full)
        fail("is too big", path);
    return buf_keep(&b, a);
}

static struct sizes put_file(FILE *out, struct arena *a, const char *path, size_t index) {
    str text = read_file(a, path), tree = {NULL, 0};
    fprintf(out, "\n/* %s */\n", path);
    put_bytes(out, "f", index, text);
    if (str_starts(str_c(path), STR("catalog/tables/")))
        check_table(a, path, text);
    if (is_in(path, STR("catalog/")) || is_in(path, STR("catalog/es/"))) {
        tree = pack_file(a, path, text);
        put_bytes(out, "t", index, tree);
    }
    return (struct sizes){text.n, tree.n};
}

static char **read_list(struct arena *a, size_t *ret_n) {
    char line[PATH_MAX_BYTES];
    char **paths = ARENA_ARRAY(a, char *, FILES_MAX);
    size_t n = 0;
    while (fgets(line, sizeof line, stdin) != NULL) {
        size_t len = strcspn(line, "\n");
        if (len == 0)
            continue;
        if (line[len] != '\n' || line[0] == '/' || strpbrk(line, "\"\\*") != NULL)
            fail("not a path that can be embedded", line);
        if (n == FILES_MAX)
            fail("too many files", "list");
        paths[n] = ARENA_ARRAY(a, char, len + 1);
        memcpy(paths[n++], line, len);
    }
    qsort(paths, n, sizeof *paths, by_path);
    *ret_n = n;
    return paths;
}

static void put_table(FILE *out, char *const *paths, const struct sizes *sizes, size_t n) {
    fprintf(out, "\nconst struct embed_file embed_files[] = {\n");
    for (size_t i = 0; i < n; i++) {
        fprintf(out, "    {\"%s\", f%zu[0], %" PRIu32 "u, ", paths[i], i, sizes[i].text);
        if (sizes[i].tree > 0)
            fprintf(out, "t%zu[0], %" PRIu32 "u},\n", i, sizes[i].tree);
        else
            fprintf(out, "NULL, 0},\n");
    }
    fprintf(out, "    {NULL, NULL, 0, NULL, 0},\n};\nconst uint32_t embed_nfiles = %zuu;\n", n);
}

int main(int argc, char **argv) {
    if (argc != 2)
        fail("usage: embed OUT < LIST", "arguments");
    struct arena *a = arena_new((size_t)1 << 30, NULL, NULL);
    size_t n = 0;
    char **paths = read_list(a, &n);
    struct sizes *sizes = ARENA_ARRAY(a, struct sizes, n);
    FILE *out = fopen(argv[1], "wb");
    if (out == NULL)
        fail("cannot be written", argv[1]);
    fprintf(out,
            "/* Made by tools/embed.c; do not edit. */\n#include \"base/embed.h\"\n\n"
            "#include <stddef.h>\n\n"
            "#if defined(__GNUC__) && __GNUC__ >= 15 /* full rows have no room for a NUL */\n"
            "#pragma GCC diagnostic ignored \"-Wunterminated-string-initialization\"\n#endif\n");
    for (size_t i = 0; i < n; i++)
        sizes[i] = put_file(out, a, paths[i], i);
    put_table(out, paths, sizes, n);
    if (ferror(out) || fclose(out) != 0)
        fail("cannot be written", argv[1]);
    arena_free(a);
    return 0;
}
