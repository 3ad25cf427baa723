// Error answers: RFC 6749 5.2.
#include "protocol/oauth/error.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/json/reader.h"

namespace signet {
namespace {

constexpr OAuthError kAll[] = {
    OAuthError::kInvalidRequest,     OAuthError::kInvalidClient,          OAuthError::kInvalidGrant,
    OAuthError::kUnauthorizedClient, OAuthError::kUnsupportedGrantType,   OAuthError::kInvalidScope,
    OAuthError::kInvalidTarget,      OAuthError::kTemporarilyUnavailable, OAuthError::kServerError};

std::string body(OAuthError error, std::string_view description = {}) {
  std::string out(512, '\0');
  out.resize(write_oauth_error(error, description, out));
  return out;
}

TEST(OAuthError, HasTheRegisteredCodeAndStatus) {
  EXPECT_EQ(oauth_error(OAuthError::kInvalidRequest).code, "invalid_request");
  EXPECT_EQ(oauth_error(OAuthError::kInvalidClient).code, "invalid_client");
  EXPECT_EQ(oauth_error(OAuthError::kInvalidGrant).code, "invalid_grant");
  EXPECT_EQ(oauth_error(OAuthError::kUnauthorizedClient).code, "unauthorized_client");
  EXPECT_EQ(oauth_error(OAuthError::kUnsupportedGrantType).code, "unsupported_grant_type");
  EXPECT_EQ(oauth_error(OAuthError::kInvalidScope).code, "invalid_scope");
  EXPECT_EQ(oauth_error(OAuthError::kInvalidTarget).code, "invalid_target");
  EXPECT_EQ(oauth_error(OAuthError::kTemporarilyUnavailable).code, "temporarily_unavailable");
  EXPECT_EQ(oauth_error(OAuthError::kServerError).code, "server_error");
  for (const OAuthError error : kAll) {
    const int status = oauth_error(error).status;
    const int expected = error == OAuthError::kInvalidClient            ? 401
                         : error == OAuthError::kTemporarilyUnavailable ? 503
                         : error == OAuthError::kServerError            ? 500
                                                                        : 400;
    EXPECT_EQ(status, expected) << oauth_error(error).code;
  }
}

TEST(OAuthError, DefaultTextsHoldOnlyWhatTheRfcAllows) {  // %x20-21 / %x23-5B / %x5D-7E
  for (const OAuthError error : kAll) {
    for (const char c : oauth_error(error).description) EXPECT_TRUE(c >= 0x20 && c < 0x7F && c != '"' && c != '\\');
    EXPECT_FALSE(oauth_error(error).description.empty());
  }
}

TEST(OAuthError, WritesTheBody) {
  EXPECT_EQ(body(OAuthError::kInvalidScope, "no such scope"),
            R"({"error":"invalid_scope","error_description":"no such scope"})");
}

TEST(OAuthError, EscapesADescription) {
  const auto json = read_json(body(OAuthError::kInvalidRequest, "a\"b\\c\n\x01"));
  ASSERT_TRUE(json);
  EXPECT_EQ(*json->find_string("error_description"), "a\"b\\c\n\x01");
}

TEST(OAuthError, WritesNothingThatIsCutOff) {
  const std::string whole = body(OAuthError::kInvalidClient);
  for (size_t size = 0; size < whole.size(); ++size) {
    std::string out(size, '\0');
    EXPECT_EQ(write_oauth_error(OAuthError::kInvalidClient, {}, out), 0u) << size;
  }
  std::string out(whole.size(), '\0');
  EXPECT_EQ(write_oauth_error(OAuthError::kInvalidClient, {}, out), whole.size());
}

}  // namespace
}  // namespace signet
