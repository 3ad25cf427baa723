// The kinds of outputs, for make_sink_output.
#pragma once

#include "daemon/audit/sink_output.h"

namespace signet {

std::unique_ptr<SinkOutput> make_file_output(std::string path);
// Datagrams to the socket of a system log (RFC 3164 as local daemons take it): facility authpriv, severity info.
std::unique_ptr<SinkOutput> make_syslog_output(std::string socket_path);

}  // namespace signet
