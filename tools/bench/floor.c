/* SPDX-License-Identifier: MIT */
/*
 * floor: the least that a compiler of YAML could do, as a yardstick for `make bench`.
 *
 *     bench-floor SPEC DIR < LIST       LIST: "BYTES PATH" a line
 *
 * Reads SPEC, has libyaml make its events, drops them, and writes files of these sizes
 * below DIR, which has all the folders already. Nothing is looked up, checked or formatted.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define LINE_MAX_BYTES 8192
#define PIECE (64u << 10)

static _Noreturn void fail(const char *what, const char *which) {
    fprintf(stderr, "floor: %s: %s\n", which, what);
    exit(1);
}

static unsigned char *read_file(const char *path, size_t *ret_n) {
    FILE *f = fopen(path, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0)
        fail("cannot read", path);
    long n = ftell(f);
    unsigned char *p = n < 0 ? NULL : malloc((size_t)n + 1);
    rewind(f);
    if (p == NULL || fread(p, 1, (size_t)n, f) != (size_t)n)
        fail("cannot read", path);
    fclose(f);
    *ret_n = (size_t)n;
    return p;
}

static void parse(const char *path) {
    size_t n;
    unsigned char *text = read_file(path, &n);
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        fail("no memory", path);
    yaml_parser_set_input_string(&parser, text, n);
    for (bool end = false; !end;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event))
            fail("not YAML", path);
        end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    free(text);
}

static void write_file(const char *dir, const char *path, size_t n) {
    static const char piece[PIECE];
    char full[LINE_MAX_BYTES * 2];
    snprintf(full, sizeof full, "%s/%s", dir, path);
    FILE *f = fopen(full, "wb");
    if (f == NULL)
        fail("cannot write", full);
    setvbuf(f, NULL, _IONBF, 0);
    for (size_t some; n > 0; n -= some) {
        some = n < PIECE ? n : PIECE;
        if (fwrite(piece, 1, some, f) != some)
            fail("cannot write", full);
    }
    if (fclose(f) != 0)
        fail("cannot write", full);
}

int main(int argc, char **argv) {
    char line[LINE_MAX_BYTES];
    if (argc != 3)
        fail("SPEC DIR < LIST", "usage");
    parse(argv[1]);
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *path;
        size_t n = (size_t)strtoull(line, &path, 10);
        path[strcspn(path, "\n")] = 0;
        write_file(argv[2], path + 1, n);
    }
    return 0;
}
