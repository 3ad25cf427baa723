// What counts as a credential, by every carrier that a dialect's file may name.
#include "daemon/dialect/credential.h"

#include <gtest/gtest.h>

#include "protocol/base/base64url.h"

namespace signet {
namespace {

class CredentialTest : public testing::Test {
 protected:
  void carrier(DialectCredential from) { endpoint_.credentials.push_back(std::move(from)); }
  void query(std::string_view text) {
    query_ = text;
    request_.query = query_;
    request_.has_query = true;
  }
  void body(std::string_view type, std::string_view text) {
    body_ = text;
    request_.content_type = type;
    request_.body = {body_.data(), body_.size()};
  }
  void field(std::string_view name, std::string_view value) {
    fields_.push_back({name, value});
    request_.fields = fields_;
  }
  void basic(std::string_view pair) {
    std::string text = base64url_text(as_bytes(pair));
    for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
    authorization_ = "Basic " + text;
    request_.authorization = authorization_;
  }
  std::expected<PresentedCredential, CredentialError> read() {
    parameters_.emplace();
    EXPECT_FALSE(parameters_->read(request_, endpoint_));
    return read_credential(request_, endpoint_, *parameters_, scratch_);
  }
  void expect(CredentialError error) {
    const auto got = read();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error(), error);
  }

  http::Request request_;
  DialectEndpoint endpoint_;
  std::string query_, body_, authorization_;
  std::vector<http::HeaderField> fields_;
  std::optional<DialectParameters> parameters_;
  CredentialScratch scratch_;
};

const DialectCredential kBasic{.carrier = DialectCarrier::kBasic};
const DialectCredential kQueryKey{.carrier = DialectCarrier::kQuery, .key = {"apiKey"}};

TEST_F(CredentialTest, TheTenantStandsBehindTheLastSeparator) {
  carrier({.carrier = DialectCarrier::kBasic, .tenant_after = '@'});
  basic("ann@example.org@acme:a@b");
  auto got = read();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->id, "ann@example.org");
  EXPECT_EQ(got->tenant, "acme");
  EXPECT_EQ(got->secret, "a@b");
  basic("ann%40acme:pass+word");
  got = read();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->id, "ann");
  EXPECT_EQ(got->tenant, "acme");
  EXPECT_EQ(got->secret, "pass word");
  EXPECT_EQ(got->decoded_id.data(), nullptr);
  basic("a%6en@acme:pass+word");
  got = read();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->id, "a%6en");
  EXPECT_EQ(got->decoded_id, "ann");
  EXPECT_EQ(got->decoded_secret, "pass word");
  basic("ann@ac%6de:x");
  got = read();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->tenant, "ac%6de");
  EXPECT_EQ(got->decoded_id.data(), nullptr) << "decoded it would be another tenant's";
  for (const char* wrong : {"ann:x", "@acme:x", "ann@:x", "@:x", "ann%zzacme:x"}) {
    basic(wrong);
    expect(CredentialError::kMalformed);
  }
}

TEST_F(CredentialTest, BasicIsSplitAtTheFirstColonAndKeptAsItCame) {
  carrier(kBasic);
  basic("anna:a:b c");
  const auto got = read();
  ASSERT_TRUE(got);
  EXPECT_FALSE(got->is_key);
  EXPECT_EQ(got->id, "anna");
  EXPECT_EQ(got->secret, "a:b c");
  EXPECT_EQ(got->decoded_secret.data(), nullptr) << "form-decoding changes nothing";
}

TEST_F(CredentialTest, BasicThatLooksFormEncodedIsGivenInBothReadings) {
  carrier(kBasic);
  basic("an%20na:a+b%2B");
  const auto got = read();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->id, "an%20na");
  EXPECT_EQ(got->secret, "a+b%2B");
  EXPECT_EQ(got->decoded_id, "an na");
  EXPECT_EQ(got->decoded_secret, "a b+");
  basic("anna:100% sure");  // no escape: only one reading
  const auto plain = read();
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->decoded_secret.data(), nullptr);
}

TEST_F(CredentialTest, BasicThatCannotBeReadIsMalformed) {
  carrier(kBasic);
  for (const std::string_view pair : {"no-colon", ":secret", "anna:\xff", "anna:a\tb", "\xc3:x"}) {
    basic(pair);
    expect(CredentialError::kMalformed);
  }
  for (const std::string_view value : {"Basic !!!", "Basic YTpi YTpi", "basic"}) {
    authorization_ = value;
    request_.authorization = authorization_;
    const auto got = read();
    EXPECT_FALSE(got) << value;
  }
  basic("anna:right");
  request_.repeated_authorization = true;
  expect(CredentialError::kMalformed);
}

TEST_F(CredentialTest, AnotherSchemeIsNoCredential) {
  carrier(kBasic);
  for (const std::string_view value : {"Bearer abc", "Basically x", "Digest a"}) {
    authorization_ = value;
    request_.authorization = authorization_;
    expect(CredentialError::kMissing);
  }
  request_.authorization = {};
  expect(CredentialError::kMissing);
}

TEST_F(CredentialTest, TooLongIsMalformedWhateverItSays) {
  carrier(kBasic);
  basic("anna:" + std::string(kDialectSecretSizeMax, 'x'));
  EXPECT_TRUE(read());
  basic("anna:" + std::string(kDialectSecretSizeMax + 1, 'x'));
  expect(CredentialError::kMalformed);
  basic(std::string(kDialectIdSizeMax + 1, 'a') + ":x");
  expect(CredentialError::kMalformed);
  basic("anna:" + std::string(100'000, 'x'));
  expect(CredentialError::kMalformed);
}

TEST_F(CredentialTest, AKeyInTheQuery) {
  carrier(kQueryKey);
  query("x=1&apiKey=abc%2Fdef");
  const auto got = read();
  ASSERT_TRUE(got);
  EXPECT_TRUE(got->is_key);
  EXPECT_EQ(got->key, "abc/def");
  for (const std::string_view text : {"", "apiKey", "apiKey=", "apikey=abc", "apiKey=a&apiKey=b"}) {
    query(text);
    expect(CredentialError::kMissing);
  }
}

TEST_F(CredentialTest, AKeyBehindASchemeInAField) {
  carrier({.carrier = DialectCarrier::kHeader, .key = {"X-Api-Token"}, .scheme = "Token"});
  field("x-api-token", "token abc");
  ASSERT_TRUE(read());
  EXPECT_EQ(read()->key, "abc");
  fields_.clear();
  field("X-Api-Token", "abc");
  expect(CredentialError::kMissing);
  fields_.clear();
  field("X-Api-Token", "Token ");
  expect(CredentialError::kMissing);
}

TEST_F(CredentialTest, NamesWithinJson) {
  endpoint_.body = DialectBody::kJson;
  carrier({.carrier = DialectCarrier::kJson, .id = {"auth", "user"}, .secret = {"auth", "pass"}});
  body("application/json", R"({"auth":{"user":"anna","pass":"p"}})");
  const auto got = read();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->id, "anna");
  EXPECT_EQ(got->secret, "p");
  body("application/json", R"({"auth":{"user":"anna"}})");
  expect(CredentialError::kMalformed);
  for (const std::string_view text : {R"({"user":"anna","pass":"p"})", R"({"auth":"anna"})", R"([])",
                                      R"({"auth":{"user":1,"pass":2}})", R"({"auth":{"user":"","pass":""}})"}) {
    body("application/json", text);
    expect(CredentialError::kMissing);
  }
}

TEST_F(CredentialTest, TheFirstCarrierThatIsThereCounts) {
  endpoint_.body = DialectBody::kForm;
  carrier({.carrier = DialectCarrier::kForm, .id = {"client_id"}, .secret = {"client_secret"}});
  carrier(kBasic);
  carrier(kQueryKey);
  body("application/x-www-form-urlencoded", "client_id=form&client_secret=s");
  basic("basic:s");
  query("apiKey=k");
  EXPECT_EQ(read()->id, "form");
  body("application/x-www-form-urlencoded", "other=1");
  EXPECT_EQ(read()->id, "basic");
  request_.authorization = {};
  EXPECT_EQ(read()->key, "k");
  body("application/x-www-form-urlencoded", "client_id=half");
  expect(CredentialError::kMalformed);  // what is half there is not passed over
}

TEST_F(CredentialTest, NoControlCharacterGetsThrough) {
  carrier({.carrier = DialectCarrier::kHeader, .key = {"X-Key"}});
  field("X-Key",
        "a\x7f"
        "b");
  expect(CredentialError::kMalformed);
}

class ParametersTest : public CredentialTest {
 protected:
  std::optional<DialectParametersError> parse() {
    parameters_.emplace();
    return parameters_->read(request_, endpoint_);
  }
};

TEST_F(ParametersTest, ABodyOfAnotherTypeIsRefusedUnlessItIsIgnored) {
  body("text/plain", "a=b");
  EXPECT_FALSE(parse());
  for (const DialectBody wanted : {DialectBody::kForm, DialectBody::kJson, DialectBody::kFormOrJson}) {
    endpoint_.body = wanted;
    EXPECT_EQ(parse(), DialectParametersError::kUnsupportedMediaType);
  }
  endpoint_.body = DialectBody::kJson;
  body("application/x-www-form-urlencoded", "a=b");
  EXPECT_EQ(parse(), DialectParametersError::kUnsupportedMediaType);
  endpoint_.body = DialectBody::kForm;
  body("application/json", "{}");
  EXPECT_EQ(parse(), DialectParametersError::kUnsupportedMediaType);
  body("", "a=b");
  EXPECT_FALSE(parse()) << "without a type it is taken for a form";
  EXPECT_EQ(parameters_->form("a"), "b");
}

TEST_F(ParametersTest, WhatCannotBeReadIsMalformed) {
  endpoint_.body = DialectBody::kFormOrJson;
  for (const std::string_view text : {"a=%zz", "a=%ff", "a=1&a=2", "a=%00"}) {
    body("application/x-www-form-urlencoded", text);
    EXPECT_EQ(parse(), DialectParametersError::kMalformed) << text;
  }
  for (const std::string_view text : {"", "{", R"({"a":1,"a":2})", "{} {}", "\xff"}) {
    body("application/json", text);
    EXPECT_EQ(parse(), DialectParametersError::kMalformed) << text;
  }
}

TEST_F(ParametersTest, TheBodyComesBeforeTheQueryAndTheRequestStaysAsItWas) {
  endpoint_.body = DialectBody::kForm;
  endpoint_.query_as_form = true;
  body("application/x-www-form-urlencoded;charset=UTF-8", "a=body%21");
  query("a=query&b=query");
  ASSERT_FALSE(parse());
  EXPECT_EQ(parameters_->form("a"), "body!");
  EXPECT_EQ(parameters_->form("b"), "query");
  EXPECT_EQ(body_, "a=body%21");
  endpoint_.query_as_form = false;
  ASSERT_FALSE(parse());
  EXPECT_EQ(parameters_->form("b").data(), nullptr);
}

TEST_F(ParametersTest, AQueryThatNobodyLooksAtMayBeAnything) {
  query("%zz&%ff=1");
  EXPECT_FALSE(parse());
  carrier(kQueryKey);
  EXPECT_EQ(parse(), DialectParametersError::kMalformed);
}

}  // namespace
}  // namespace signet
