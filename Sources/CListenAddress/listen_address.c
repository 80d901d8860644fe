#include "listen_address.h"
#include <netinet/in.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Atomic uint32_t chosen;

void listen_address_set(uint32_t address) { atomic_store(&chosen, address); }

static int bind_as_asked(int socket, const struct sockaddr *address, socklen_t length) {
    return (int)syscall(SYS_bind, socket, address, length);
}

// Stands in for the C library's function of this name, for this program and the libraries that it is linked with:
// the dynamic linker takes the program's own definition first.
int bind(int socket, const struct sockaddr *address, socklen_t length) {
    uint32_t own = atomic_load(&chosen);
    if (own == 0 || address == NULL) return bind_as_asked(socket, address, length);
    if (address->sa_family == AF_INET && length >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in copy;
        memcpy(&copy, address, sizeof copy);
        if (copy.sin_addr.s_addr != htonl(INADDR_ANY)) return bind_as_asked(socket, address, length);
        copy.sin_addr.s_addr = own;
        return bind_as_asked(socket, (const struct sockaddr *)&copy, sizeof copy);
    }
    if (address->sa_family == AF_INET6 && length >= sizeof(struct sockaddr_in6)) {
        struct sockaddr_in6 copy;
        memcpy(&copy, address, sizeof copy);
        if (!IN6_IS_ADDR_UNSPECIFIED(&copy.sin6_addr)) return bind_as_asked(socket, address, length);
        // The IPv4 address as IPv6 writes it, for sockets that take both.
        memset(&copy.sin6_addr, 0, 10);
        memset((uint8_t *)&copy.sin6_addr + 10, 0xFF, 2);
        memcpy((uint8_t *)&copy.sin6_addr + 12, &own, 4);
        return bind_as_asked(socket, (const struct sockaddr *)&copy, sizeof copy);
    }
    return bind_as_asked(socket, address, length);
}
