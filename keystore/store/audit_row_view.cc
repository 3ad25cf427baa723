#include "keystore/store/audit_row_view.h"

namespace signet::store {
namespace {

// Protocol buffers: a field is its number and type in one octet (number << 3 | type), then its value.
constexpr char kRowRecord = 1 << 3 | 2;
constexpr char kRowHash = 2 << 3 | 2;
constexpr char kRecordSequence = 1 << 3 | 0;
constexpr char kRecordWhat = 8 << 3 | 2;
constexpr size_t kHashSize = 32;

bool take_tag(std::string_view& from, char tag) {
  if (from.empty() || from[0] != tag) return false;
  from.remove_prefix(1);
  return true;
}

// A number in groups of seven bits, the lowest first.
std::optional<uint64_t> take_number(std::string_view& from) {
  uint64_t number = 0;
  for (unsigned shift = 0; shift < 64 && !from.empty(); shift += 7) {
    const auto octet = static_cast<uint8_t>(from[0]);
    from.remove_prefix(1);
    number |= uint64_t{octet & 0x7Fu} << shift;
    if ((octet & 0x80) == 0) return number;
  }
  return std::nullopt;
}

std::optional<std::string_view> take_octets(std::string_view& from, char tag) {
  if (!take_tag(from, tag)) return std::nullopt;
  const auto size = take_number(from);
  if (!size || *size > from.size()) return std::nullopt;
  const std::string_view octets = from.substr(0, *size);
  from.remove_prefix(*size);
  return octets;
}

}  // namespace

std::optional<AuditRowView> view_audit_row(std::string_view value) {
  const auto record = take_octets(value, kRowRecord);
  const auto hash = record ? take_octets(value, kRowHash) : std::nullopt;
  if (!hash || hash->size() != kHashSize || !value.empty()) return std::nullopt;
  std::string_view rest = *record;
  if (!take_tag(rest, kRecordSequence)) return std::nullopt;
  const auto sequence = take_number(rest);
  if (!sequence) return std::nullopt;
  return AuditRowView{*record, *hash, *sequence};
}

std::string_view audit_what(std::string_view record) {
  constexpr char kNumber = 0;
  constexpr char kOctets = 2;
  while (!record.empty()) {
    const char tag = record[0];
    if (tag == kRecordWhat) return take_octets(record, tag).value_or(std::string_view());
    if ((tag & 7) == kOctets) {
      if (!take_octets(record, tag)) return {};
    } else if ((tag & 7) != kNumber || !take_tag(record, tag) || !take_number(record)) {
      return {};
    }
  }
  return {};
}

}  // namespace signet::store
