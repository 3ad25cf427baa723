#include "daemon/endpoint/batch_request.h"

#include <fmt/format.h>

#include "daemon/endpoint/issuance.h"
#include "daemon/http/limits.h"
#include "protocol/json/reader.h"

namespace signet {
namespace {

std::expected<void, std::string> read_resources(const JsonValue& value, BatchEntry& entry) {
  const JsonValue::Array* array = value.as_array();
  if (array == nullptr || array->size() > kAudiencesMax) {
    return std::unexpected(fmt::format("resource must be an array of at most {} strings", kAudiencesMax));
  }
  for (const JsonValue& one : *array) {
    if (one.as_string() == nullptr) return std::unexpected("resource must be an array of strings");
    entry.resources.push_back(*one.as_string());
  }
  return {};
}

std::expected<void, std::string> read_member(const JsonMember& member, BatchEntry& entry) {
  if (member.name == "resource") return read_resources(member.value, entry);
  const std::string* text = member.value.as_string();
  if (member.name == "scope") {
    if (text == nullptr) return std::unexpected("scope must be a string");
    entry.scope = *text;
    return {};
  }
  if (member.name == "id") {
    if (text == nullptr || text->size() > kBatchIdSizeMax) {
      return std::unexpected(fmt::format("id must be a string of at most {} octets", kBatchIdSizeMax));
    }
    entry.id = *text;
    entry.has_id = true;
    return {};
  }
  return std::unexpected("an entry has the members scope, resource and id");
}

}  // namespace

std::expected<std::vector<BatchEntry>, std::string> parse_batch_request(std::string_view body, size_t entries_max) {
  // An entry has at most an object, three members and its resources; a text of more is refused before it is a tree.
  const size_t values_max = 1 + (entries_max + 1) * (4 + kAudiencesMax);
  const auto value = read_json(body, {.size_max = http::kBatchBodySizeMax, .values_max = values_max});
  if (!value) return std::unexpected("body: " + describe(value.error()));
  const JsonValue::Array* array = value->as_array();
  if (array == nullptr || array->empty()) return std::unexpected("the body must be a JSON array of entries");
  if (array->size() > entries_max) return std::unexpected(fmt::format("at most {} entries in a batch", entries_max));
  std::vector<BatchEntry> entries;
  entries.reserve(array->size());
  for (const JsonValue& one : *array) {
    BatchEntry& entry = entries.emplace_back();
    const JsonValue::Object* object = one.as_object();
    if (object == nullptr) return std::unexpected(fmt::format("entry {}: must be an object", entries.size() - 1));
    for (const JsonMember& member : *object) {
      const auto read = read_member(member, entry);
      if (!read) return std::unexpected(fmt::format("entry {}: {}", entries.size() - 1, read.error()));
    }
  }
  return entries;
}

}  // namespace signet
