// StoreTest: a store in a temporary directory that can be closed, reopened, and tampered with in between.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/keystore/store/store_harness.h"

namespace signet::store {

class StoreTest : public testing::Test {
 protected:
  // Before what it was opened with goes.
  void TearDown() override { store_.reset(); }

  std::expected<void, StoreOpenFailure> try_open() {
    store_.reset();
    loaded_ = std::make_unique<Loaded>();
    auto opened = open_rocks_store_with(options_, *loaded_, seams_);
    if (!opened) return std::unexpected(opened.error());
    store_ = std::move(*opened);
    return {};
  }
  // Opens, or fails the test with the reason.
  void open() {
    const auto opened = try_open();
    ASSERT_TRUE(opened) << opened.error().text;
  }
  void reopen() {
    store_->close();
    open();
  }
  StoreOpenError open_error() {
    const auto opened = try_open();
    if (opened) {
      ADD_FAILURE() << "opened";
      return {};
    }
    EXPECT_GT(opened.error().text.size(), 30U) << "says what to do";
    return opened.error().kind;
  }
  std::string data() const { return directory_.data(); }
  std::string mark_path() const { return data() + "/mark"; }

  TemporaryDirectory directory_;
  RecordingListener listener_;
  StoreOptions options_{.path = directory_.data(), .vault_id = {1, 2, 3}, .create = true, .listener = &listener_};
  RocksStoreSeams seams_;
  std::unique_ptr<Loaded> loaded_;
  std::unique_ptr<Store> store_;
};

#define EXPECT_REFUSED(result, error_kind)          \
  do {                                              \
    const auto refused_ = (result);                 \
    ASSERT_FALSE(refused_.has_value());             \
    EXPECT_EQ(refused_.error().kind, (error_kind)); \
    EXPECT_FALSE(refused_.error().text.empty());    \
  } while (false)

}  // namespace signet::store
