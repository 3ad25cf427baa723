// What a worker keeps of passwords and keys that were right, and when that counts no longer.
#include <gtest/gtest.h>

#include "daemon/dialect/key_cache.h"
#include "daemon/dialect/parked_request.h"
#include "daemon/dialect/password_cache.h"
#include "keystore/clients/client_record.h"

namespace signet {
namespace {

ClientRecordPointer record(std::string_view id, uint64_t revision, uint32_t tenant = 0) {
  Client client;
  client.tenant = tenant;
  client.client_id = id;
  client.revision = revision;
  return make_client_record(client);
}

TEST(PasswordCache, HoldsThisPasswordOfThisRevisionOfThisClientAlone) {
  PasswordCache cache;
  const auto anna = record("anna", 7);
  EXPECT_FALSE(cache.holds(*anna, "sesame", 1));
  cache.add(*anna, "sesame", 1);
  EXPECT_TRUE(cache.holds(*anna, "sesame", 2));
  EXPECT_FALSE(cache.holds(*anna, "sesam", 2));
  EXPECT_FALSE(cache.holds(*anna, "sesamee", 2));
  EXPECT_FALSE(cache.holds(*anna, "", 2));
  EXPECT_FALSE(cache.holds(*record("anna", 8), "sesame", 2)) << "the record has changed";
  EXPECT_FALSE(cache.holds(*record("anna", 7, 1), "sesame", 2)) << "another tenant's";
  EXPECT_FALSE(cache.holds(*record("ann", 7), "asesame", 2)) << "the border between name and password";
}

TEST(PasswordCache, ForgetsAfterAQuarterOfAnHour) {
  PasswordCache cache;
  const auto anna = record("anna", 7);
  cache.add(*anna, "sesame", 1000);
  EXPECT_TRUE(cache.holds(*anna, "sesame", 1000 + PasswordCache::kLifetimeNs - 1));
  EXPECT_FALSE(cache.holds(*anna, "sesame", 1000 + PasswordCache::kLifetimeNs));
}

TEST(PasswordCache, ANewRevisionTakesThePlaceOfTheOldOne) {
  PasswordCache cache;
  const auto before = record("anna", 7), after = record("anna", 8);
  cache.add(*before, "sesame", 1);
  cache.add(*after, "sesame", 2);
  EXPECT_TRUE(cache.holds(*after, "sesame", 3));
  EXPECT_FALSE(cache.holds(*before, "sesame", 3));
}

TEST(PasswordCache, StaysWithinItsSize) {
  PasswordCache cache;
  const size_t room = PasswordCache::kSets * PasswordCache::kWays;
  for (size_t n = 0; n < 4 * room; ++n) cache.add(*record("c" + std::to_string(n), 1), "p", n + 1);
  size_t held = 0;
  for (size_t n = 0; n < 4 * room; ++n) held += cache.holds(*record("c" + std::to_string(n), 1), "p", 1) ? 1 : 0;
  EXPECT_LE(held, room);
  EXPECT_GT(held, room / 2);
}

TEST(PasswordCache, TakesNoPasswordThatIsTooLong) {
  PasswordCache cache;
  const auto anna = record("anna", 7);
  cache.add(*anna, std::string(1024, 'x'), 1);
  EXPECT_TRUE(cache.holds(*anna, std::string(1024, 'x'), 1));
  EXPECT_FALSE(cache.holds(*anna, std::string(1025, 'x'), 1)) << "cut, it would be the other";
  cache.add(*anna, std::string(1025, 'y'), 1);
  EXPECT_FALSE(cache.holds(*anna, std::string(1024, 'y'), 1));
}

TEST(KeyCache, HoldsAsLongAsNothingWasErased) {
  KeyCache cache;
  ApiToken token{.tenant = 3, .client_id = "c"};
  token.id[0] = 9;
  EXPECT_EQ(cache.find(3, token.id, 5), nullptr);
  cache.add(token, 5);
  ASSERT_NE(cache.find(3, token.id, 5), nullptr);
  EXPECT_EQ(cache.find(3, token.id, 5)->client_id, "c");
  EXPECT_EQ(cache.find(3, token.id, 6), nullptr);
  EXPECT_EQ(cache.find(4, token.id, 5), nullptr);
  ApiTokenId other = token.id;
  other[15] ^= 1;  // of the same place
  EXPECT_EQ(cache.find(3, other, 5), nullptr);
}

TEST(ParkedRequest, IsACopyOfEverything) {
  std::string path = "/a", query = "k=v", name = "X-Key", value = "secret", body = "raw";
  std::vector<http::HeaderField> fields{{name, value}};
  ParkedRequest parked;
  {
    http::Request request;
    request.id = {1, 2, 3};
    request.method = http::Method::kPost;
    request.method_text = "POST";
    request.path = path;
    request.query = query;
    request.has_query = true;
    request.fields = fields;
    request.peer_address = "127.0.0.1";
    request.peer_network = 5;
    request.arrived_ns = 9;
    request.body = {body.data(), body.size()};
    parked.hold(request, body);
  }
  for (std::string* text : {&path, &query, &name, &value, &body}) text->assign(text->size(), '#');
  http::Request& again = parked.again();
  EXPECT_EQ(again.id, (http::ExchangeId{1, 2, 3}));
  EXPECT_EQ(again.method_text, "POST");
  EXPECT_EQ(again.path, "/a");
  EXPECT_EQ(again.query, "k=v");
  EXPECT_EQ(again.header("x-key"), "secret");
  EXPECT_EQ(again.peer_network, 5u);
  EXPECT_EQ(again.arrived_ns, 9u);
  EXPECT_EQ(std::string_view(again.body.data(), again.body.size()), "raw");
  EXPECT_EQ(again.authorization.data(), nullptr) << "what was not there is not there";
  parked.clear();
  EXPECT_TRUE(parked.again().path.empty());
}

}  // namespace
}  // namespace signet
