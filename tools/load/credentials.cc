#include "tools/load/credentials.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "protocol/json/reader.h"

namespace signet::load {
namespace {

std::expected<Credentials, std::string> parse_json_line(std::string_view line, std::string_view tenant) {
  const auto json = read_json(line);
  if (!json) return std::unexpected(describe(json.error()));
  const std::string* id = json->find_string("client_id");
  const std::string* secret = json->find_string("client_secret");
  if (id == nullptr || secret == nullptr) return std::unexpected("needs client_id and client_secret");
  const std::string* of_tenant = json->find_string("tenant");
  if (of_tenant != nullptr && *of_tenant != tenant) {
    return std::unexpected(fmt::format("a client of tenant {}, but --url is of tenant {}", *of_tenant, tenant));
  }
  return Credentials{*id, *secret};
}

std::expected<Credentials, std::string> parse_line(std::string_view line, std::string_view tenant) {
  if (line.starts_with('{')) return parse_json_line(line, tenant);
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == line.size()) {
    return std::unexpected("expected client_id:client_secret, or a JSON object with these members");
  }
  return Credentials{std::string(line.substr(0, colon)), std::string(line.substr(colon + 1))};
}

}  // namespace

std::expected<std::string, std::string> read_file(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  int error = file < 0 ? errno : 0;
  std::string text;
  char part[65536];
  while (error == 0) {
    const ssize_t size = read(file, part, sizeof part);
    if (size == 0) break;
    if (size > 0) text.append(part, static_cast<size_t>(size));
    if (size < 0 && errno != EINTR) error = errno;
  }
  if (file >= 0) close(file);
  if (error != 0) return std::unexpected(fmt::format("{}: {}", path, std::generic_category().message(error)));
  return text;
}

std::expected<std::string, std::string> read_secret_file(const std::string& path) {
  auto text = read_file(path);
  if (!text) return text;
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  if (text->empty()) return std::unexpected(path + ": holds no secret");
  return text;
}

std::expected<std::vector<Credentials>, std::string> parse_clients(std::string_view text, std::string_view source,
                                                                   std::string_view tenant) {
  std::vector<Credentials> clients;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    auto client = parse_line(line, tenant);
    // The line itself is not shown: it holds a secret.
    if (!client) return std::unexpected(fmt::format("{}:{}: {}", source, number, client.error()));
    clients.push_back(*std::move(client));
  }
  if (clients.empty()) return std::unexpected(fmt::format("{}: holds no client", source));
  return clients;
}

std::expected<std::vector<Credentials>, std::string> read_clients_file(const std::string& path,
                                                                       std::string_view tenant) {
  const auto text = read_file(path);
  if (!text) return std::unexpected(text.error());
  return parse_clients(*text, path, tenant);
}

}  // namespace signet::load
