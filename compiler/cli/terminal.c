/* SPDX-License-Identifier: MIT */
#include "cli/terminal.h"

#include "base/wipe.h"
#include "cli/cli.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#define ANSWER_MAX 256
#define CTRL(letter) ((letter) - '@')
#define DELETE 0x7F

/* Bytes as they are typed, without a word of the terminal's own, so that none is shown. */
static bool begin_raw(struct termios *ret_before) {
    struct termios t;
    if (tcgetattr(STDIN_FILENO, ret_before) != 0)
        return false;
    t = *ret_before;
    t.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
    t.c_cc[VMIN] = 1;
    t.c_cc[VTIME] = 0;
    return tcsetattr(STDIN_FILENO, TCSAFLUSH, &t) == 0;
}

/* The number of bytes before the end of the line; Ctrl-C comes as a byte, and is given back. */
static uint32_t read_line(unsigned char line[ANSWER_MAX], bool *ret_interrupted) {
    uint32_t n = 0;
    for (;;) {
        unsigned char byte = 0;
        ssize_t got = read(STDIN_FILENO, &byte, 1);
        if (got < 0 && errno == EINTR)
            continue;
        *ret_interrupted = got == 1 && (byte == CTRL('C') || byte == CTRL('\\'));
        if (got != 1 || *ret_interrupted || byte == '\n' || byte == '\r' || byte == CTRL('D'))
            return n;
        if (byte == DELETE || byte == CTRL('H'))
            n -= n > 0;
        else if (byte == CTRL('U'))
            n = 0;
        else if (n < ANSWER_MAX)
            line[n++] = byte;
    }
}

str terminal_ask(struct arena *a, const char *question) {
    unsigned char line[ANSWER_MAX];
    struct termios before;
    bool interrupted = false;
    if (!begin_raw(&before))
        return (str){NULL, 0};
    cli_err("%s", question);
    uint32_t n = read_line(line, &interrupted);
    cli_err("\n");
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    str ret = arena_str(a, str_trim((str){line, n}));
    wipe(line, sizeof line);
    if (interrupted)
        raise(SIGINT);
    return ret;
}

/* Only what may be done in the middle of anything. */
static void end(int signal_number) {
    static const char word[] = "\nopsc: interrupted: nothing is said of the account, and nothing "
                               "in it was changed\n";
    ssize_t ignored = write(STDERR_FILENO, word, sizeof word - 1);
    (void)ignored;
    raise(signal_number);
}

static const int ends[] = {SIGINT, SIGTERM, SIGHUP};

void terminal_end_by_signal(void) {
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct sigaction was, now = {.sa_handler = end, .sa_flags = (int)SA_RESETHAND};
        sigemptyset(&now.sa_mask);
        if (sigaction(ends[i], NULL, &was) == 0 && was.sa_handler == SIG_DFL)
            sigaction(ends[i], &now, NULL);
    }
}

/* What is ignored (nohup) stays so: held back, it would wait all the same, and be heard. */
static sigset_t set_of_ends(void) {
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct sigaction was;
        if (sigaction(ends[i], NULL, &was) == 0 && was.sa_handler != SIG_IGN)
            sigaddset(&set, ends[i]);
    }
    return set;
}

void terminal_hold_signals(void) {
    sigset_t set = set_of_ends();
    sigprocmask(SIG_BLOCK, &set, NULL);
    /* The word that nothing was changed would not be true any more. */
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct sigaction was;
        if (sigaction(ends[i], NULL, &was) == 0 && was.sa_handler == end)
            signal(ends[i], SIG_DFL);
    }
}

bool terminal_is_interrupted(void) {
    sigset_t waits;
    bool any = false;
    if (sigpending(&waits) != 0)
        return false;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        any = any || sigismember(&waits, ends[i]) == 1;
    return any;
}

void terminal_release_signals(void) {
    sigset_t set = set_of_ends();
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

bool terminal_confirm(const char *question, unsigned within_s, void (*meanwhile)(void *ctx),
                      void *ctx) {
    char line[ANSWER_MAX];
    cli_err("%s", question);
    for (unsigned i = 0; i < within_s && !terminal_is_interrupted(); i++) {
        struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
        if (poll(&in, 1, 1000) > 0)
            return fgets(line, sizeof line, stdin) != NULL && str_is(str_trim(str_c(line)), "yes");
        meanwhile(ctx);
    }
    cli_err("\n");
    return false;
}
