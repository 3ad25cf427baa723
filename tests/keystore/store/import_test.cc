#include <algorithm>

#include "tests/keystore/store/store_fixture.h"

namespace signet::store {
namespace {

using Kind = StoreErrorKind;

class ImportTest : public StoreTest {
 protected:
  void SetUp() override { open(); }
  static constexpr uint8_t kAllGiven = 0xFF;
  static ImportChunk chunk_of(uint64_t number, std::vector<std::string> ids, OnConflict mode = OnConflict::kFail) {
    ImportChunk chunk{.import_id = "aa01", .chunk = number, .on_conflict = mode};
    for (auto& id : ids) chunk.clients.push_back(client_of(std::move(id)));
    chunk.given.assign(chunk.clients.size(), kAllGiven);
    return chunk;
  }
  size_t clients() {
    reopen();
    return loaded_->clients.size();
  }
};

TEST_F(ImportTest, CommitsAChunkWithItsProgress) {
  const auto outcome = import_chunk(*store_, chunk_of(0, {"a", "b", "c"}));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->added, 3U);
  EXPECT_FALSE(outcome->repeated);
  EXPECT_EQ(import_progress(*store_, "aa01"), 1U);
  EXPECT_EQ(import_progress(*store_, "unknown"), 0U);
  EXPECT_EQ(listener_.commits, 1) << "one commit for all";
  EXPECT_EQ(listener_.changes.size(), 3U);
  EXPECT_EQ(clients(), 3U);
  EXPECT_EQ(import_progress(*store_, "aa01"), 1U);
}

TEST_F(ImportTest, AnswersARepeatedChunkAsBefore) {
  ASSERT_TRUE(import_chunk(*store_, chunk_of(0, {"a", "b"})));
  const auto commit = store_->status().commit;
  const auto again = import_chunk(*store_, chunk_of(0, {"a", "b"}));
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->added, 2U);
  EXPECT_EQ(store_->status().commit, commit);
}

TEST_F(ImportTest, RefusesAChunkOutOfOrder) {
  EXPECT_REFUSED(import_chunk(*store_, chunk_of(1, {"a"})), Kind::kConflict);
  ASSERT_TRUE(import_chunk(*store_, chunk_of(0, {"a"})));
  ASSERT_TRUE(import_chunk(*store_, chunk_of(1, {"b"})));
  EXPECT_REFUSED(import_chunk(*store_, chunk_of(0, {"a"})), Kind::kConflict);
  EXPECT_REFUSED(import_chunk(*store_, chunk_of(3, {"d"})), Kind::kConflict);
  EXPECT_REFUSED(import_chunk(*store_, chunk_of(UINT64_MAX, {"d"})), Kind::kConflict);
  EXPECT_EQ(clients(), 2U);
}

TEST_F(ImportTest, RefusesTheWholeChunkForOneConflict) {
  ASSERT_TRUE(add_client(*store_, client_of("c")));
  EXPECT_REFUSED(import_chunk(*store_, chunk_of(0, {"a", "b", "c"})), Kind::kConflict);
  EXPECT_EQ(import_progress(*store_, "aa01"), 0U);
  EXPECT_EQ(clients(), 1U);
}

TEST_F(ImportTest, RefusesTheWholeChunkForOneInvalidClient) {
  EXPECT_REFUSED(import_chunk(*store_, chunk_of(0, {"a", "b", "no good"}, OnConflict::kUpdate)), Kind::kInvalid);
  auto chunk = chunk_of(0, {"a", "b"});
  chunk.clients[1].tenant = 8;
  EXPECT_REFUSED(import_chunk(*store_, chunk), Kind::kNotFound);
  EXPECT_EQ(clients(), 0U);
}

TEST_F(ImportTest, RefusesADuplicateWithinAChunk) {
  EXPECT_REFUSED(import_chunk(*store_, chunk_of(0, {"a", "a"})), Kind::kConflict);
  EXPECT_EQ(clients(), 0U);
}

TEST_F(ImportTest, SkipsWhatExistsWhenToldTo) {
  ASSERT_TRUE(add_client(*store_, client_of("a")));
  auto chunk = chunk_of(0, {"a", "b", "b"}, OnConflict::kSkip);
  for (auto& client : chunk.clients) client.ttl_s = 1;
  const auto outcome = import_chunk(*store_, chunk);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->skipped, 2U);
  EXPECT_EQ(outcome->added, 1U);
  reopen();
  EXPECT_EQ((loaded_->clients[{0, "a"}].ttl_s), 300U);
}

TEST_F(ImportTest, DoesNotEnableADisabledClientByAnUpdate) {
  Client existing = client_of("a");
  existing.flags = kClientDisabled | kClientFeed;
  ASSERT_TRUE(add_client(*store_, existing));
  auto chunk = chunk_of(0, {"a"}, OnConflict::kUpdate);
  chunk.clients[0].ttl_s = 1;
  chunk.given[0] = kAllGiven & ~kImportSecrets;
  chunk.clients[0].created_at = 5;
  const auto outcome = import_chunk(*store_, chunk);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->updated, 1U);
  reopen();
  const Client& client = loaded_->clients[{0, "a"}];
  EXPECT_EQ(client.flags, kClientDisabled | kClientFeed);
  EXPECT_EQ(client.ttl_s, 1U);
  EXPECT_EQ(client.secrets.size(), 1U) << "an import without a secret keeps the one there is";
  EXPECT_EQ(client.created_at, existing.created_at);
}

// A default in place of what a line does not mention could let a client do more than before.
TEST_F(ImportTest, AnUpdateLeavesWhatALineDoesNotMention) {
  Client existing = client_of("a");
  existing.grants = kGrantRefreshToken;
  existing.flags = kClientIntrospectAll;
  existing.scope = "narrow";
  existing.audiences = {"urn:only"};
  existing.algorithm = JwsAlgorithm::kES256;
  existing.ttl_s = 60;
  const auto added = add_client(*store_, existing);
  ASSERT_TRUE(added);
  const Client defaults{.client_id = "a"};
  auto chunk = chunk_of(0, {}, OnConflict::kUpdate);
  chunk.clients = {defaults};
  chunk.given = {0};
  ASSERT_TRUE(import_chunk(*store_, chunk));
  chunk.chunk = 1;
  chunk.clients[0].ttl_s = 30;
  chunk.given = {kImportTtl};
  ASSERT_TRUE(import_chunk(*store_, chunk));
  reopen();
  const Client& client = loaded_->clients[{0, "a"}];
  EXPECT_EQ(client.ttl_s, 30U);
  EXPECT_EQ(client.grants, existing.grants);
  EXPECT_EQ(client.flags, existing.flags);
  EXPECT_EQ(client.scope, existing.scope);
  EXPECT_EQ(client.audiences, existing.audiences);
  EXPECT_EQ(client.algorithm, existing.algorithm);
  EXPECT_EQ(client.secrets.size(), existing.secrets.size());
}

TEST_F(ImportTest, AnUpdateThatNamesAMemberChangesIt) {
  Client existing = client_of("a");
  existing.flags = kClientIntrospectAll;
  ASSERT_TRUE(add_client(*store_, existing));
  auto chunk = chunk_of(0, {"a"}, OnConflict::kUpdate);
  chunk.clients[0] = {.client_id = "a",
                      .grants = kGrantRefreshToken,
                      .scope = "x",
                      .audiences = {"urn:x"},
                      .introspect = {"urn:y"},
                      .algorithm = JwsAlgorithm::kES256};
  chunk.given[0] = kAllGiven & ~kImportSecrets;
  ASSERT_TRUE(import_chunk(*store_, chunk));
  reopen();
  const Client& client = loaded_->clients[{0, "a"}];
  EXPECT_EQ(client.grants, kGrantRefreshToken);
  EXPECT_EQ(client.scope, "x");
  EXPECT_EQ(client.audiences, std::vector<std::string>{"urn:x"});
  EXPECT_EQ(client.introspect, std::vector<std::string>{"urn:y"});
  EXPECT_EQ(client.flags, 0U);
  EXPECT_EQ(client.algorithm, JwsAlgorithm::kES256);
  EXPECT_EQ(client.ttl_s, 0U);
}

TEST_F(ImportTest, RefusesAnUpdateThatDoesNotGoWithWhatIsKept) {
  Client existing = client_of("a");
  existing.algorithm = JwsAlgorithm::kHS256;
  existing.audiences = {"urn:one"};
  ASSERT_TRUE(add_client(*store_, existing));
  auto chunk = chunk_of(0, {"a"}, OnConflict::kUpdate);
  chunk.clients[0].audiences = {"urn:one", "urn:two"};
  chunk.given[0] = kImportAudiences;
  EXPECT_REFUSED(import_chunk(*store_, chunk), Kind::kInvalid);
  chunk.given.clear();
  EXPECT_REFUSED(import_chunk(*store_, chunk), Kind::kInvalid);
}

// Else the same file would be passed over for ever, and say that all is well.
TEST_F(ImportTest, ARemovedTenantTakesItsImportsWithIt) {
  const auto tenant = add_tenant(*store_, "other");
  ASSERT_TRUE(tenant);
  auto chunk = chunk_of(0, {"a"});
  chunk.clients[0].tenant = tenant->number;
  ASSERT_TRUE(import_chunk(*store_, chunk));
  chunk = chunk_of(1, {"b"});  // the tenant of an earlier chunk is not forgotten
  ASSERT_TRUE(import_chunk(*store_, chunk));
  chunk = chunk_of(0, {"c"});
  chunk.import_id = "bb02";
  ASSERT_TRUE(import_chunk(*store_, chunk));
  ASSERT_TRUE(remove_tenant(*store_, "other", true));
  EXPECT_EQ(import_progress(*store_, "aa01"), 0U);
  EXPECT_EQ(import_progress(*store_, "bb02"), 1U) << "it touched another tenant";
}

TEST_F(ImportTest, RefusesAnImportWithoutAName) {
  auto chunk = chunk_of(0, {"a"});
  chunk.import_id.clear();
  EXPECT_REFUSED(import_chunk(*store_, chunk), Kind::kInvalid);
  chunk.import_id.assign(129, 'a');
  EXPECT_REFUSED(import_chunk(*store_, chunk), Kind::kInvalid);
}

TEST_F(ImportTest, LoadsLargeImportsFromTwoThreads) {
  for (uint64_t number = 0; number < 4; ++number) {
    std::vector<std::string> ids;
    for (int i = 0; i < 3000; ++i) ids.push_back("client-" + std::to_string(number * 3000 + i));
    ASSERT_TRUE(import_chunk(*store_, chunk_of(number, std::move(ids))));
  }
  EXPECT_EQ(clients(), 12000U);
  EXPECT_TRUE(loaded_->clients.contains({0, "client-0"}));
  EXPECT_TRUE(loaded_->clients.contains({0, "client-11999"}));
}

}  // namespace
}  // namespace signet::store
