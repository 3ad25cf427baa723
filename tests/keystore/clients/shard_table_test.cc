#include "keystore/clients/shard_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "keystore/clients/client_record.h"
#include "tests/keystore/clients/clients_for_test.h"

namespace signet {
namespace {

class ShardTableTest : public testing::Test {
 protected:
  ~ShardTableTest() override { table_.free(); }
  const ClientRecord* record(const std::string& id) {
    auto& kept = records_[id];
    if (!kept) kept = make_client_record(test_client(0, id));
    return kept.get();
  }
  void resize(size_t clients) {
    ShardTable next = table_.copy(clients);
    table_.free();
    table_ = next;
  }
  void put(uint16_t fingerprint, const std::string& id) {
    resize(table_.count() + 1);
    table_.put(fingerprint, record(id));
  }

  std::map<std::string, ClientRecordPointer> records_;
  ShardTable table_;
};

TEST_F(ShardTableTest, TheEmptyTableHasNobody) {
  EXPECT_EQ(table_.find(0, 0, "a"), nullptr);
  EXPECT_EQ(table_.count(), 0u);
  EXPECT_EQ(table_.remove(0, 0, "a"), nullptr);
}

TEST_F(ShardTableTest, EqualFingerprintsAreToldApartByTheRecord) {
  for (const char* id : {"a", "b", "c"}) put(77, id);
  EXPECT_EQ(table_.find(77, 0, "b"), record("b"));
  EXPECT_EQ(table_.find(77, 0, "d"), nullptr);
  EXPECT_EQ(table_.find(77, 1, "b"), nullptr) << "another tenant";
  EXPECT_EQ(table_.find(78, 0, "b"), nullptr);
}

TEST_F(ShardTableTest, PutGivesWhatItReplaces) {
  put(5, "a");
  const auto other = make_client_record(test_client(0, "a", 2));
  EXPECT_EQ(table_.put(5, other.get()), record("a"));
  EXPECT_EQ(table_.find(5, 0, "a"), other.get());
  EXPECT_EQ(table_.count(), 1u);
}

TEST_F(ShardTableTest, RemovalInsideAProbeChainLosesNobodyBehind) {
  // Homes 6, 6, 7, 6 in a table of eight: the chain wraps round the end.
  put(6, "a");
  put(6, "b");
  put(7, "c");
  put(6, "d");
  EXPECT_EQ(table_.remove(6, 0, "a"), record("a"));
  EXPECT_EQ(table_.find(6, 0, "b"), record("b"));
  EXPECT_EQ(table_.find(7, 0, "c"), record("c"));
  EXPECT_EQ(table_.find(6, 0, "d"), record("d"));
  EXPECT_EQ(table_.find(6, 0, "a"), nullptr);
}

TEST_F(ShardTableTest, AgreesWithAMapThroughGrowthAndShrinking) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  std::map<std::string, uint16_t> model;
  for (int step = 0; step < 4000; ++step) {
    const std::string id = std::to_string(random() % 400);
    const auto fingerprint = static_cast<uint16_t>(std::stoi(id) % 97 * 611);  // many share one
    // Fills up first, then thins out.
    if (random() % 10 < (step < 2000 ? 7 : 3)) {
      put(fingerprint, id);
      model[id] = fingerprint;
    } else {
      resize(table_.count());
      EXPECT_EQ(table_.remove(fingerprint, 0, id) != nullptr, model.erase(id) == 1);
    }
    ASSERT_EQ(table_.count(), model.size());
  }
  for (const auto& [id, fingerprint] : model) EXPECT_EQ(table_.find(fingerprint, 0, id), record(id));
  size_t visited = 0;
  table_.for_each([&](const ClientRecord*) { ++visited; });
  EXPECT_EQ(visited, model.size());
}

}  // namespace
}  // namespace signet
