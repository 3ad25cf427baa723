// Messages to the service manager (sd_notify(3)), written to its socket without its library: one datagram is all there
// is to it, and the library would bring the whole of systemd's into a process that holds keys.
#pragma once

#include <string_view>

namespace signet {

// notify_service_manager sends e.g. "READY=1" to the socket that $NOTIFY_SOCKET names. Gives whether it was sent; false
// without that variable. Any thread; blocks no longer than a datagram on a local socket.
bool notify_service_manager(std::string_view state);

}  // namespace signet
