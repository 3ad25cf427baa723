// Files of mode 0600 with one secret in one line.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace signet {

// read_secret_file gives the first line, empty when there is no such file; the error says what is wrong with it.
std::expected<std::string, std::string> read_secret_file(const std::string& path);

// write_secret_file replaces the file as a whole: temporary, fsync, rename. Gives the error, empty when it is durable.
std::string write_secret_file(const std::string& path, std::string_view secret);

}  // namespace signet
