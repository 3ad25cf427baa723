#include "daemon/version.h"

namespace signet {

std::string_view signet_version() { return SIGNET_VERSION; }

}  // namespace signet
