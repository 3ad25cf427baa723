// Listening sockets: TCP and unix (private to daemon/http).
#pragma once

#include <sys/types.h>
#include <uv.h>

#include <cstdint>
#include <expected>
#include <string>

#include "daemon/http/server_loop.h"

namespace signet::http {

// A bound and listening descriptor, or the text of what went wrong. A unix socket file left behind by a dead process is
// removed, one that somebody answers on is not. Start only.
std::expected<int, std::string> open_listening_socket(const ListenAddress& address, bool reuse_port);

// One listener of a loop. Loop thread only.
struct Listener {
  uv_poll_t poll{};
  int descriptor = -1;
  ListenAddress address;
  uint16_t port = 0;
  dev_t device = 0;  // of the unix socket file, to remove only our own
  ino_t inode = 0;
  void* owner = nullptr;

  // Takes an open socket; reads its port or file identity.
  void adopt(int listening, const ListenAddress& from);
  // Lets nobody begin a connection any more; what was begun can be accepted. Blocks no longer than it takes.
  void refuse_new() const;
  // Waits until something can be accepted, at most so long; whether it can.
  bool wait_readable(int timeout_ms) const;
  // Closes the socket and removes the unix socket file if it is still ours.
  void shut();

 private:
  void remove_file() const;
};

}  // namespace signet::http
