// The adapter around the engine, where something relies on more than what is put and got.
#include "keystore/store/database.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace signet::store {
namespace {

class DatabaseTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string path = testing::TempDir() + "/signet-database-XXXXXX";
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    path_ = path;
    open(true);
  }
  void TearDown() override {
    database_.reset();
    std::filesystem::remove_all(path_);
  }
  void open(bool create) {
    database_.reset();
    auto opened = Database::open({.path = path_ + "/store", .create = create});
    ASSERT_TRUE(opened) << opened.error().text;
    database_ = std::move(*opened);
  }
  template <typename Change>
  void write(int from, int to, Change change) {
    Batch batch(*database_);
    for (int i = from; i < to; ++i) change(batch, std::to_string(1'000'000 + i));
    ASSERT_TRUE(database_->write(batch));
  }
  void put(int from, int to) {
    write(from, to, [](Batch& batch, const std::string& key) { batch.put(Family::kRevocations, key, "value"); });
  }
  void erase(int from, int to) {
    write(from, to, [](Batch& batch, const std::string& key) { batch.erase(Family::kRevocations, key); });
  }

  std::string path_;
  std::unique_ptr<Database> database_;
};

// Tables are made as large as the estimate says: too small, and every start would make them twice.
TEST_F(DatabaseTest, RowsAreCountedWhereverTheyLie) {
  EXPECT_EQ(database_->estimated_rows(Family::kRevocations), 0u);
  put(0, 1000);
  EXPECT_EQ(database_->estimated_rows(Family::kRevocations), 1000u);
  open(false);
  EXPECT_EQ(database_->estimated_rows(Family::kRevocations), 1000u);
  ASSERT_TRUE(database_->compact(Family::kRevocations));
  put(1000, 1500);
  EXPECT_EQ(database_->estimated_rows(Family::kRevocations), 1500u);
  erase(0, 400);
  EXPECT_EQ(database_->estimated_rows(Family::kRevocations), 1100u);
  ASSERT_TRUE(database_->compact(Family::kRevocations));
  EXPECT_EQ(database_->estimated_rows(Family::kRevocations), 1100u);
  EXPECT_EQ(database_->estimated_rows(Family::kApiTokens), 0u);
}

TEST_F(DatabaseTest, MoreErasuresThanRowsAreNone) {
  put(0, 10);
  erase(0, 100);
  EXPECT_EQ(database_->estimated_rows(Family::kRevocations), 0u);
}

}  // namespace
}  // namespace signet::store
