// TokenComposer: from a decided grant (client, scope, audience) to a queued signing job. The token endpoint, its batch
// form and every later grant go through here.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "daemon/endpoint/reply.h"
#include "keystore/clients/client.h"
#include "keystore/keys/key_set.h"

namespace signet {

inline constexpr size_t kAudiencesMax = 16;
inline constexpr size_t kTokenSizeMax = size_t{8} * 1024;  // what verifiers, ours included, take at most
// The record of a token: at most its scope, and names of which each character may take six.
inline constexpr size_t kIssuanceRecordMax = size_t{16} * 1024;

struct IssueRequest {
  const TenantKeys& tenant;
  const ClientRecord& client;
  std::string_view scope;                         // already narrowed
  std::span<const std::string_view> audience;     // already narrowed, never empty
  std::string_view subject = {};                  // empty = the client
  std::string_view family = {};                   // sid; empty = none
  std::string_view cnf = {};                      // JSON object; empty = none
  std::string_view grant = "client_credentials";  // for the record of it
  std::string_view endpoint = "token";            // likewise
};

// Loop thread only. prepare, then write; nothing between them may pass a quiescent state.
class TokenComposer {
 public:
  explicit TokenComposer(WorkerScope& scope) : scope_(scope) {}

  // prepare picks the key and composes the claims. Gives the size of the token in characters.
  std::expected<size_t, ErrorReply> prepare(const IssueRequest& request);
  // Seconds that the prepared token lives.
  uint32_t expires_in_s() const { return expires_in_s_; }

  // write fills `job` with prefix, token (its signature still a hole) and suffix, names key and client in it, and,
  // while issuance is audited, puts the token's record behind.
  void write(SigningJob& job, std::string_view prefix, std::string_view suffix) const;

 private:
  WorkerScope& scope_;
  const SigningKey* key_ = nullptr;
  const ClientRecord* client_ = nullptr;
  uint32_t tenant_ = 0;
  uint32_t expires_in_s_ = 0;
  std::expected<size_t, ErrorReply> compose(const IssueRequest& request, UnixMs now);

  size_t claims_size_ = 0;
  std::array<char, kTokenSizeMax> claims_;
  size_t record_size_ = 0;  // 0 = none
  std::array<char, kIssuanceRecordMax> record_;
};

// The narrowed scope (RFC 6749 3.3): all of the client's when none is asked; invalid_scope when one is not its own.
std::expected<std::string_view, ErrorReply> narrow_scope(const ClientRecord& client, std::string_view wanted);

// The narrowed audience (RFC 8707 2.2): all of the client's when none is asked, the issuer when none is registered;
// invalid_target when one is not its own. Views into `client`, `issuer` and `wanted`; at most kAudiencesMax.
struct Audience {
  std::array<std::string_view, kAudiencesMax> values;
  size_t count = 0;
  std::span<const std::string_view> span() const { return {values.data(), count}; }
};
std::expected<Audience, ErrorReply> narrow_audience(const ClientRecord& client, std::string_view issuer,
                                                    std::span<const std::string_view> wanted);

}  // namespace signet
