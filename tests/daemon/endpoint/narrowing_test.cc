// Scope and audience narrowing: what a client may have, and never more (RFC 6749 section 3.3, RFC 8707 section 2.2).
#include <gtest/gtest.h>

#include "daemon/endpoint/issuance.h"
#include "keystore/clients/client_record.h"

namespace signet {
namespace {

Client client_with(std::string scope, std::vector<std::string> audiences) {
  Client client;
  client.client_id = "c";
  client.scope = std::move(scope);
  client.audiences = std::move(audiences);
  return client;
}

constexpr std::string_view kIssuer = "https://issuer.example.com";

TEST(NarrowScope, NoneAskedIsAllOfTheClients) {
  const auto record = make_client_record(client_with("a.read b.read", {}));
  EXPECT_EQ(*narrow_scope(*record, ""), "a.read b.read");
  EXPECT_EQ(*narrow_scope(*record, "b.read"), "b.read");
  EXPECT_EQ(*narrow_scope(*record, "b.read a.read"), "b.read a.read");
}

TEST(NarrowScope, NeverGrows) {
  const auto record = make_client_record(client_with("a.read b.read", {}));
  for (const std::string_view wanted :
       {"c.read", "a.read c.read", "a", "a.rea", "a.reads", "A.READ", " ", " a.read", "a.read ", "a.read  b.read",
        "a.read a.read", "a.read\tb.read", "a.read\"", "a.read\\"}) {
    const auto narrowed = narrow_scope(*record, wanted);
    ASSERT_FALSE(narrowed.has_value()) << wanted;
    EXPECT_EQ(narrowed.error().error, OAuthError::kInvalidScope);
  }
}

TEST(NarrowScope, AClientWithoutScopesHasNone) {
  const auto record = make_client_record(client_with("", {}));
  EXPECT_EQ(*narrow_scope(*record, ""), "");
  EXPECT_FALSE(narrow_scope(*record, "a").has_value());
}

TEST(NarrowAudience, NoneAskedIsAllOfTheClients) {
  const auto record = make_client_record(client_with("", {"urn:1", "urn:2"}));
  const auto audience = narrow_audience(*record, kIssuer, {});
  ASSERT_TRUE(audience.has_value());
  ASSERT_EQ(audience->count, 2u);
  EXPECT_EQ(audience->values[0], "urn:1");
}

TEST(NarrowAudience, NoneRegisteredIsTheIssuer) {
  const auto record = make_client_record(client_with("", {}));
  EXPECT_EQ(narrow_audience(*record, kIssuer, {})->values[0], kIssuer);
  const std::array<std::string_view, 1> issuer{kIssuer};
  EXPECT_TRUE(narrow_audience(*record, kIssuer, issuer).has_value());
  const std::array<std::string_view, 1> other{"urn:1"};
  EXPECT_EQ(narrow_audience(*record, kIssuer, other).error().error, OAuthError::kInvalidTarget);
}

TEST(NarrowAudience, NeverGrows) {
  const auto record = make_client_record(client_with("", {"urn:1", "urn:2"}));
  for (const std::string_view wanted : {"urn:3", "urn:", "urn:11", "URN:1", ""}) {
    const std::array<std::string_view, 2> both{"urn:1", wanted};
    EXPECT_FALSE(narrow_audience(*record, kIssuer, both).has_value()) << wanted;
  }
  const std::array<std::string_view, 1> issuer{kIssuer};
  EXPECT_FALSE(narrow_audience(*record, kIssuer, issuer).has_value()) << "the issuer is no audience of this client";
}

TEST(NarrowAudience, ARepeatedResourceCountsOnce) {
  const auto record = make_client_record(client_with("", {"urn:1", "urn:2"}));
  const std::array<std::string_view, 3> wanted{"urn:2", "urn:2", "urn:2"};
  const auto audience = narrow_audience(*record, kIssuer, wanted);
  ASSERT_TRUE(audience.has_value());
  EXPECT_EQ(audience->count, 1u);
}

}  // namespace
}  // namespace signet
