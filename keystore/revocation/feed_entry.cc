#include "keystore/revocation/feed_entry.h"

#include "protocol/base/check.h"
#include "protocol/json/writer.h"

namespace signet {
namespace {

constexpr size_t kFixedSizeMax = 192;  // member names, punctuation, three integers, the longest kind
constexpr size_t kEscapedSizeMax = 6;  // characters of one octet: \u00XX

}  // namespace

FeedEntry make_feed_entry(const RevocationRow& row, const Sha256Digest& chain_hash) {
  const Revocation& revocation = row.revocation;
  std::string text(kFixedSizeMax + kEscapedSizeMax * revocation.value.size(), '\0');
  JsonWriter json(text);
  json.begin_object();
  json.key("seq");
  json.unsigned_integer(row.sequence);
  json.member("kind", revocation_kind_name(revocation.kind));
  json.member("value", revocation.value);
  json.member_integer("issued_before", revocation.issued_before_ms);
  json.member_integer("exp", revocation.expires_at);
  json.end_object();
  SIGNET_CHECK(!json.overflowed());
  return {row.sequence, chain_hash, std::string(json.text())};
}

}  // namespace signet
