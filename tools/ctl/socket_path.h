// Which admin socket signetctl talks to.
#pragma once

#include <string>

namespace signet::ctl {

// default_socket_path: $SIGNET_SOCKET when set and not empty, else ./signet-dev/admin.sock when it exists (a daemon
// started with --dev in this directory), else /var/lib/signetd/admin.sock.
std::string default_socket_path();

// socket_in_data_dir: DIR/admin.sock.
std::string socket_in_data_dir(const std::string& data_dir);

}  // namespace signet::ctl
