// errno_text: what an error number means, in the system's words ("No such file or directory"). Any thread, unlike
// strerror as POSIX has it; allocates.
#pragma once

#include <string>
#include <system_error>

namespace signet {

inline std::string errno_text(int error) { return std::generic_category().message(error); }

}  // namespace signet
