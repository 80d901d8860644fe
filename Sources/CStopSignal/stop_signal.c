#include "stop_signal.h"
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

// All that handlers may touch; sig_atomic_t holds the numbers that are used here on every machine.
static volatile sig_atomic_t code;
static volatile sig_atomic_t is_deferred;
static volatile sig_atomic_t came;
static volatile sig_atomic_t patience;

static void give_up(int number) {
    (void)number;
    _exit(code);
}

static void stop(int number) {
    if (!is_deferred) give_up(number);
    if (came) return;
    came = 1;
    if (patience > 0) alarm((unsigned int)patience);
}

static void catch(int number, void (*handler)(int)) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void stop_signal_catch(int exit_code) {
    code = exit_code;
    catch(SIGALRM, give_up);
    catch(SIGTERM, stop);
    catch(SIGINT, stop);
    // Whoever started this process may have blocked them.
    sigset_t caught;
    sigemptyset(&caught);
    sigaddset(&caught, SIGALRM);
    sigaddset(&caught, SIGTERM);
    sigaddset(&caught, SIGINT);
    sigprocmask(SIG_UNBLOCK, &caught, NULL);
}

void stop_signal_defer(void) { is_deferred = 1; }

int stop_signal_came(void) { return came; }

void stop_signal_abandon(unsigned int seconds) {
    patience = (sig_atomic_t)seconds;
    // The signal may have been first.
    if (came) alarm(seconds);
}
