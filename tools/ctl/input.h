// What commands read from stdin: secrets never travel in arguments, where every user of the machine sees them.
#pragma once

#include <cstddef>
#include <cstdio>
#include <expected>
#include <string>
#include <string_view>

#include "tools/ctl/failure.h"

namespace signet::ctl {

// read_all reads to the end of `from`. Failure when it is larger than `size_max` octets or reading fails; `what` names
// it in the text ("the token"). Blocks.
std::expected<std::string, Failure> read_all(std::FILE* from, size_t size_max, std::string_view what);

// read_file: the same for a file by name.
std::expected<std::string, Failure> read_file(const std::string& path, size_t size_max, std::string_view what);

// read_secret reads a client secret from `from`, without one line end after it: 16-256 printable ASCII characters.
std::expected<std::string, Failure> read_secret(std::FILE* from);

// given_secret_fault: what is wrong with a given client secret, or "" when nothing is.
std::string_view given_secret_fault(std::string_view secret);

}  // namespace signet::ctl
