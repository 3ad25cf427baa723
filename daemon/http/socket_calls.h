// recv(2) and send(2) without glibc's thread cancellation, which in a program with threads costs two locked
// instructions for each call; nothing here is ever cancelled (private to daemon/http).
#pragma once

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>

namespace signet::http {

// As recv(2) of a connected socket: octets read, 0 at the end, -1 with errno.
inline ssize_t receive_octets(int descriptor, char* to, size_t size) {
  return syscall(SYS_recvfrom, descriptor, to, size, MSG_DONTWAIT, nullptr, nullptr);
}

// As send(2): octets taken, -1 with errno. Never raises SIGPIPE.
inline ssize_t send_octets(int descriptor, const char* from, size_t size) {
  return syscall(SYS_sendto, descriptor, from, size, MSG_NOSIGNAL | MSG_DONTWAIT, nullptr, 0);
}

}  // namespace signet::http
