#include "tools/ctl/issuance_tail.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "protocol/base/time_text.h"
#include "tools/ctl/admin_client.h"
#include "tools/ctl/issuance_files.h"
#include "tools/ctl/json_text.h"

namespace signet::ctl {
namespace {

constexpr uint64_t kTailOctets = uint64_t{4} << 20;
constexpr std::string_view kWhat = "token.issued";

uint64_t size_of(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

}  // namespace

std::string AuditFilter::query() const {
  std::string text;
  if (tenant) text += "&tenant=" + percent_encode(*tenant);
  if (what) text += "&what=" + percent_encode(*what);
  if (subject) text += "&subject=" + percent_encode(*subject);
  return text;
}

bool AuditFilter::takes_token(std::string_view of_tenant, std::string_view client) const {
  if (what && (what->ends_with('.') ? !kWhat.starts_with(*what) : kWhat != *what)) return false;
  return (!tenant || *tenant == of_tenant) && (!subject || *subject == client);
}

// From where it is to the last line feed of the last file.
std::vector<std::string> IssuanceTail::read_lines() {
  std::vector<std::string> lines;
  for (const std::string& path : issuance_paths(directory_)) {
    if (path < path_) continue;
    if (path != path_) path_ = path, offset_ = 0;
    std::ifstream file(path, std::ios::binary);
    file.seekg(static_cast<std::streamoff>(offset_));
    for (std::string line; std::getline(file, line) && !file.eof();) {
      offset_ += line.size() + 1;
      lines.push_back(std::move(line));
    }
  }
  return lines;
}

std::vector<JsonValue> IssuanceTail::records_of(const std::vector<std::string>& lines) const {
  std::vector<JsonValue> records;
  for (const std::string& line : lines) {
    const auto token = read_json(line);
    if (!token || token->find("client_id") == nullptr) continue;  // or the first line of a file
    const std::string tenant = text_of(*token, "tenant");
    const std::string client = text_of(*token, "client_id");
    if (!filter_.takes_token(tenant, client)) continue;
    const auto time_ms = static_cast<int64_t>(number_of(*token, "time_ms"));
    records.emplace_back(JsonValue::Object{{"line", JsonValue(static_cast<int64_t>(number_of(*token, "n")))},
                                           {"time", JsonValue(rfc3339(time_ms / 1000))},
                                           {"time_ms", JsonValue(time_ms)},
                                           {"tenant", JsonValue(tenant)},
                                           {"what", JsonValue(std::string(kWhat))},
                                           {"subject", JsonValue(client)},
                                           {"after", *token}});
  }
  return records;
}

std::vector<JsonValue> IssuanceTail::last(uint64_t lines) {
  const auto paths = issuance_paths(directory_);
  if (paths.empty()) return {};
  // From kTailOctets before the end on, over as many files as that takes: each start of the daemon begins one.
  size_t first = paths.size() - 1;
  uint64_t octets = size_of(paths[first]);
  while (first > 0 && octets < kTailOctets) octets += size_of(paths[--first]);
  path_ = paths[first];
  offset_ = octets - std::min(octets, kTailOctets);
  auto read = read_lines();
  // The first of them may be the end of a line.
  const size_t begin = read.size() > lines ? read.size() - lines : 0;
  read.erase(read.begin(), read.begin() + static_cast<ptrdiff_t>(begin));
  return records_of(read);
}

std::vector<JsonValue> IssuanceTail::more() { return records_of(read_lines()); }

}  // namespace signet::ctl
