/* SPDX-License-Identifier: MIT */
/*
 * embed: files as C tables, for compiler/base/embed.h. Runs at build time.
 *
 *     embed OUT < LIST        LIST: one path a line, relative to the source tree
 *
 * The output depends only on the paths and bytes of the files. Bytes are written as
 * string literals, which compile some thirty times faster than lists of numbers; a
 * literal may have 4095 characters in C, so a file is an array of rows of that length.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW 4095 /* characters in one literal */
#define LINE 96  /* columns of one line of C */
#define PATH_MAX_BYTES 1024
#define FILES_MAX 10000
#define FILE_BYTES_MAX (16ul << 20)

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
    int column = 0;
    fprintf(out, "    {\"");
    for (size_t i = 0; i < n; i++) {
        column += put_byte(out, p[i]);
        if (i + 1 < n && (p[i] == '\n' || column >= LINE)) {
            fprintf(out, "\"\n     \"");
            column = 0;
        }
    }
    fprintf(out, "\"},\n");
}

static unsigned long put_file(FILE *out, const char *path, size_t index) {
    FILE *in = fopen(path, "rb");
    unsigned char row[ROW];
    unsigned long size = 0;
    if (in == NULL)
        fail("cannot be read", path);
    fprintf(out, "\n/* %s */\nstatic const unsigned char f%zu[][%d] = {\n", path, index, ROW);
    for (;;) {
        size_t n = fread(row, 1, sizeof row, in);
        if (n > 0 || size == 0)
            put_row(out, row, n);
        size += n;
        if (n < sizeof row)
            break;
    }
    if (ferror(in) || size > FILE_BYTES_MAX)
        fail("cannot be read, or is too big", path);
    fclose(in);
    fprintf(out, "};\n");
    return size;
}

static char **read_list(size_t *ret_n) {
    char line[PATH_MAX_BYTES];
    char **paths = calloc(FILES_MAX, sizeof *paths);
    size_t n = 0;
    if (paths == NULL)
        fail("no memory", "list");
    while (fgets(line, sizeof line, stdin) != NULL) {
        size_t len = strcspn(line, "\n");
        if (len == 0)
            continue;
        if (line[len] != '\n' || line[0] == '/' || strpbrk(line, "\"\\*") != NULL)
            fail("not a path that can be embedded", line);
        if (n == FILES_MAX)
            fail("too many files", "list");
        paths[n] = calloc(len + 1, 1);
        if (paths[n] == NULL)
            fail("no memory", "list");
        memcpy(paths[n++], line, len);
    }
    qsort(paths, n, sizeof *paths, by_path);
    *ret_n = n;
    return paths;
}

int main(int argc, char **argv) {
    size_t n = 0;
    char **paths;
    unsigned long *sizes;
    FILE *out;
    if (argc != 2)
        fail("usage: embed OUT < LIST", "arguments");
    paths = read_list(&n);
    sizes = calloc(n + 1, sizeof *sizes);
    out = fopen(argv[1], "wb");
    if (sizes == NULL || out == NULL)
        fail("cannot be written", argv[1]);
    fprintf(out,
            "/* Made by tools/embed.c; do not edit. */\n#include \"base/embed.h\"\n\n"
            "#include <stddef.h>\n\n"
            "#if defined(__GNUC__) && __GNUC__ >= 15 /* full rows have no room for a NUL */\n"
            "#pragma GCC diagnostic ignored \"-Wunterminated-string-initialization\"\n#endif\n");
    for (size_t i = 0; i < n; i++)
        sizes[i] = put_file(out, paths[i], i);
    fprintf(out, "\nconst struct embed_file embed_files[] = {\n");
    for (size_t i = 0; i < n; i++)
        fprintf(out, "    {\"%s\", f%zu[0], %luu},\n", paths[i], i, sizes[i]);
    fprintf(out, "    {NULL, NULL, 0},\n};\nconst uint32_t embed_nfiles = %zuu;\n", n);
    if (ferror(out) || fclose(out) != 0)
        fail("cannot be written", argv[1]);
    for (size_t i = 0; i < n; i++)
        free(paths[i]);
    free(paths);
    free(sizes);
    return 0;
}
