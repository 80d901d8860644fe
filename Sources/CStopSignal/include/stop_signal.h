// Being asked to stop by SIGTERM, or by SIGINT from a terminal.
#pragma once

/// From now on such a signal ends the process with `exit_code`, at once.
///
/// To be called first thing: what runs as process 1 of a container never gets a signal that it has not asked for.
void stop_signal_catch(int exit_code);

/// From now on such a signal is only remembered.
void stop_signal_defer(void);

/// Whether one came since `stop_signal_defer`.
int stop_signal_came(void);

/// Ends the process, with the exit code of `stop_signal_catch`, that many seconds after a signal that is only remembered.
void stop_signal_abandon(unsigned int seconds);
