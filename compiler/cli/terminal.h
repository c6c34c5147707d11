/* SPDX-License-Identifier: MIT */
#ifndef OPSC_CLI_TERMINAL_H
#define OPSC_CLI_TERMINAL_H

#include "base/arena.h"

#include <stdbool.h>

/* terminal: who sits at it, asked and heard. */

/*
 * Shows the question on standard error and reads a line of standard input, which is a terminal;
 * what is typed is not shown. Empty when nothing is said. Ctrl-C ends opsc, as everywhere.
 */
str terminal_ask(struct arena *a, const char *question);
/* Shows the question on standard error; whether `yes` was said on standard input within so many
 * seconds. False, too, when a signal that is held has come. `meanwhile` is called every second. */
bool terminal_confirm(const char *question, unsigned within_s, void (*meanwhile)(void *ctx),
                      void *ctx);
/*
 * From now on Ctrl-C and its like (SIGINT, SIGTERM, SIGHUP) end opsc with a word that the account
 * was not read, and by the signal, so that a shell says 130. Those that are ignored stay so.
 */
void terminal_end_by_signal(void);
/* From now on they wait, until all that was begun has come to its end. */
void terminal_hold_signals(void);
/* Whether one waits. */
bool terminal_is_interrupted(void);
/* One that waits ends opsc now. */
void terminal_release_signals(void);

#endif
