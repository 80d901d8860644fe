// Where the sockets of this process listen.
#pragma once
#include <stdint.h>

/// From now on a socket that is bound to all IPv4 addresses of the machine is bound to this one instead, which is in
/// network byte order; 0 ends that.
///
/// For libraries that offer no choice, on machines whose network several tasks share.
void listen_address_set(uint32_t address);
