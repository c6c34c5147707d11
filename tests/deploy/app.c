/* SPDX-License-Identifier: MIT */
/*
 * The application that tests deploy: static, so that an image is this one file and /behaviour,
 * whose first line is what it does and whose second is its release: ok, 500, dies, ends, hangs,
 * deaf, cuts, worker.
 *
 *     /health /any  200, and the release      /slow  the same after 3 seconds       /env  its
 * environment /size         how long the body was     /echo  says back what comes after a 101
 * (Upgrade)
 *
 * As /bin/sh it prints what it is to run, and its status is what the word exit is followed by.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

extern char **environ;
static char behaviour[64], release[256];

static void told(int number) {
    (void)number;
    _exit(0);
}

static void line(FILE *f, char *to, int size) {
    if (fgets(to, size, f) != NULL)
        to[strcspn(to, "\n")] = 0;
}

static int as_shell(const char *command) {
    const char *status = strstr(command, "exit ");
    printf("sh: %s\n", command);
    for (char **e = environ; *e != NULL; e++)
        printf("env: %s\n", *e);
    return status != NULL ? atoi(status + 5) : 0;
}

/* One header's value; "" when there is none. */
static void header(const char *request, const char *name, char *to, size_t size) {
    *to = 0;
    for (const char *p = strstr(request, "\r\n"); p != NULL; p = strstr(p, "\r\n")) {
        p += 2;
        size_t n = strlen(name);
        if (strncasecmp(p, name, n) != 0 || p[n] != ':')
            continue;
        p += n + 1 + strspn(p + n + 1, " ");
        snprintf(to, size, "%.*s", (int)strcspn(p, "\r"), p);
    }
}

static void answer(int fd, int status, const char *body) {
    dprintf(fd,
            "HTTP/1.1 %d X\r\nContent-Length: %zu\r\nServer: ours\r\nRelease: %s\r\nConnection: "
            "close\r\n\r\n%s",
            status, strlen(body), release, body);
}

static void echo(int fd) {
    char some[4096];
    ssize_t n;
    dprintf(fd, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n");
    while ((n = read(fd, some, sizeof some)) > 0)
        if (write(fd, some, (size_t)n) != n)
            return;
}

static void size_of_body(int fd, const char *request, size_t have, size_t head) {
    char value[64], some[65536], text[64];
    header(request, "Content-Length", value, sizeof value);
    size_t wanted = strtoul(value, NULL, 10), got = have - head;
    ssize_t n;
    while (got < wanted && (n = read(fd, some, sizeof some)) > 0)
        got += (size_t)n;
    snprintf(text, sizeof text, "%zu\n", got);
    answer(fd, 200, text);
}

static void serve(int fd) {
    static char request[1 << 20], text[1 << 20];
    size_t n = 0;
    ssize_t got;
    char *end = NULL;
    while (end == NULL && n + 1 < sizeof request &&
           (got = read(fd, request + n, sizeof request - n - 1)) > 0) {
        n += (size_t)got;
        end = strstr(request, "\r\n\r\n");
    }
    if (end == NULL || strcmp(behaviour, "cuts") == 0)
        return;
    char path[1024] = "";
    sscanf(request, "%*s %1023s", path);
    if (strcmp(behaviour, "hangs") == 0)
        sleep(1000);
    if (strcmp(path, "/slow") == 0)
        sleep(3);
    if (strcmp(path, "/echo") == 0) {
        echo(fd);
    } else if (strcmp(path, "/size") == 0) {
        size_of_body(fd, request, n, (size_t)(end - request) + 4);
    } else if (strcmp(path, "/env") == 0) {
        size_t at = 0;
        for (char **e = environ; *e != NULL && at < sizeof text - 65536; e++)
            at += (size_t)snprintf(text + at, sizeof text - at, "%s%c", *e, 1);
        answer(fd, 200, text);
    } else if (strncmp(path, "/request", 8) == 0) {
        answer(fd, 200, request);
    } else {
        snprintf(text, sizeof text, "%s\n", release);
        answer(fd, strcmp(behaviour, "500") == 0 ? 500 : 200, text);
    }
}

/* In a network of its own a container is asked from outside. */
static int listening(const char *port) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    in_addr_t from = port != NULL ? INADDR_LOOPBACK : INADDR_ANY;
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((unsigned short)(port != NULL ? atoi(port) : 8000)),
                             .sin_addr = {htonl(from)}};
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 512) != 0) {
        perror("listen");
        _exit(1);
    }
    return fd;
}

int main(int argc, char **argv) {
    size_t n = strlen(argv[0]);
    if (n > 3 && strcmp(argv[0] + n - 3, "/sh") == 0 && argc == 3)
        return as_shell(argv[2]);
    FILE *f = fopen("/behaviour", "r");
    if (f == NULL)
        return 9;
    line(f, behaviour, sizeof behaviour);
    line(f, release, sizeof release);
    printf("release %s begins, and %s\n", release, behaviour);
    fflush(stdout);
    signal(SIGTERM, told);
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    if (strcmp(behaviour, "ends") == 0) {
        fprintf(stderr, "cannot find the config\033[31m: \"it\" is not there\n");
        return 4;
    }
    if (strcmp(behaviour, "worker") == 0 || strcmp(behaviour, "deaf") == 0)
        for (;;)
            pause();
    int listener = listening(getenv("PORT"));
    if (strcmp(behaviour, "dies") == 0 && fork() == 0) {
        sleep(1);
        kill(getppid(), SIGTERM);
        _exit(0);
    }
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            continue;
        if (fork() == 0) {
            int on = 1;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            signal(SIGCHLD, SIG_DFL);
            serve(fd);
            shutdown(fd, SHUT_WR);
            _exit(0);
        }
        close(fd);
    }
}
