// CheckedToken: what is known of a token of ours once its signature holds, in a form that is copied as it is: into the
// cache, or behind a job that waits. It says nothing about expiry, revocation, client or key: these change.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/base/time.h"
#include "protocol/jwt/own_claims.h"

namespace signet {

// A part of the text that stands behind a CheckedToken.
struct TextRange {
  uint16_t at;
  uint16_t size;
};

// Trivial, and without initialisers: tables of them are mapped, not written.
struct CheckedToken {
  UnixSeconds expires_at;
  UnixSeconds not_before;  // the later of iat and nbf
  UnixMs issued_ms;        // of the jti, else of iat
  uint16_t text_size;
  uint16_t body_size;  // the text begins with the introspection answer
  TextRange issuer;
  TextRange subject;
  TextRange client_id;
  TextRange scope;
  TextRange jti;
  TextRange family;
  uint16_t audience_count;
  std::array<TextRange, kOwnAudiencesMax> audience;
};

// Borrows both parts.
class CheckedTokenView {
 public:
  CheckedTokenView() = default;
  CheckedTokenView(const CheckedToken& token, const char* text) : token_(&token), text_(text) {}

  const CheckedToken& token() const { return *token_; }
  std::string_view text() const { return {text_, token_->text_size}; }
  std::string_view body() const { return {text_, token_->body_size}; }
  std::string_view issuer() const { return part(token_->issuer); }
  std::string_view subject() const { return part(token_->subject); }
  std::string_view client_id() const { return part(token_->client_id); }
  std::string_view scope() const { return part(token_->scope); }
  std::string_view jti() const { return part(token_->jti); }
  std::string_view family() const { return part(token_->family); }
  size_t audience_count() const { return token_->audience_count; }
  std::string_view audience(size_t index) const { return part(token_->audience[index]); }
  bool has_audience(std::string_view wanted) const;

 private:
  std::string_view part(TextRange range) const { return {text_ + range.at, range.size}; }

  const CheckedToken* token_ = nullptr;
  const char* text_ = nullptr;
};

// Where a token's payload is read. Loop thread only.
class CheckedTokenBuffer {
 public:
  // read decodes and reads the payload segment of a token that claims to be of `issuer`. Nothing when it is not
  // base64url, its claims are not those of an access token, or another issuer's. The view is valid until the next call.
  // Does not allocate for the layout that Signet writes, see read_own_claims.
  std::optional<CheckedTokenView> read(std::string_view payload, std::string_view issuer);

 private:
  bool read_general(std::string_view json, std::string_view issuer);
  void fill(const OwnClaims& claims);
  TextRange range_of(std::string_view part) const;
  std::string_view append(std::string_view part);

  // A payload of 6 KiB, each octet of which the general writer may write as three, and its texts once more.
  static constexpr size_t kTextMax = 24 * 1024;
  CheckedToken token_{};
  size_t used_ = 0;
  bool overflowed_ = false;
  std::array<char, kTextMax> text_;
};

}  // namespace signet
