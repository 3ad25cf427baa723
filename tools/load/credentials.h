// Credentials of the clients that ask for tokens, from the files that signetctl and the development mode write.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace signet::load {

struct Credentials {
  std::string client_id;
  std::string client_secret;
};

// read_file reads a whole file. Errors are sentences for people.
std::expected<std::string, std::string> read_file(const std::string& path);

// read_secret_file reads one secret; a line end after it does not count. Errors are sentences for people.
std::expected<std::string, std::string> read_secret_file(const std::string& path);

// parse_clients reads one client a line, either `client_id:client_secret` or the JSON object that `signetctl client
// import --secrets-out` writes. Empty lines do not count. `source` names the text in errors. A client of another tenant
// than `tenant` is an error: the URL decides the tenant for all.
std::expected<std::vector<Credentials>, std::string> parse_clients(std::string_view text, std::string_view source,
                                                                   std::string_view tenant);
std::expected<std::vector<Credentials>, std::string> read_clients_file(const std::string& path,
                                                                       std::string_view tenant);

}  // namespace signet::load
