#include "keystore/store/recent_rows.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <string>

namespace signet::store {
namespace {

std::string text_of(std::optional<std::string_view> row) { return row ? std::string(*row) : "none"; }

TEST(RecentRowsTest, IsEmptyAtFirst) {
  RecentRows rows(1024);
  EXPECT_EQ(text_of(rows.find("a")), "none");
  rows.erase("a");
  EXPECT_EQ(rows.size(), 0U);
}

TEST(RecentRowsTest, GivesWhatWasPutLast) {
  RecentRows rows(1024);
  rows.put("a", "1");
  rows.put("b", "");
  rows.put("a", "3");
  EXPECT_EQ(text_of(rows.find("a")), "3");
  EXPECT_EQ(text_of(rows.find("b")), "");
  EXPECT_EQ(text_of(rows.find("c")), "none");
  EXPECT_EQ(rows.size(), 2U);
}

TEST(RecentRowsTest, AKeyIsNotFoundByItsBeginning) {
  RecentRows rows(1024);
  rows.put("family-1", "1");
  EXPECT_EQ(text_of(rows.find("family-")), "none");
  EXPECT_EQ(text_of(rows.find("family-11")), "none");
}

TEST(RecentRowsTest, AnOlderValueNeverComesBack) {
  RecentRows rows(1024);
  rows.put("a", "old");
  for (int i = 0; i < 100; ++i) {
    rows.put("a", std::to_string(i));
    EXPECT_EQ(text_of(rows.find("a")), std::to_string(i));
  }
  rows.erase("a");
  EXPECT_EQ(text_of(rows.find("a")), "none");
  EXPECT_EQ(rows.size(), 0U);
}

TEST(RecentRowsTest, WhatIsTooLargeIsNotKeptAndNeitherIsWhatItHadBeen) {
  RecentRows rows(4096);
  rows.put("a", "small");
  rows.put("b", "small");
  rows.put("a", std::string(2000, 'x'));
  EXPECT_EQ(text_of(rows.find("a")), "none");
  EXPECT_EQ(text_of(rows.find("b")), "small");
  rows.put(std::string(70'000, 'k'), "value");
  EXPECT_EQ(rows.size(), 1U);
  RecentRows large(1 << 20);
  large.put("a", std::string(65'530, 'x'));
  EXPECT_EQ(large.size(), 1U);
  large.put("a", std::string(65'540, 'x'));
  EXPECT_EQ(large.size(), 0U);
  large.put("", "x");
  EXPECT_EQ(large.size(), 0U);
}

// Beside a model: whatever is found is what was put last, and what was put within the last half of the ring is found.
TEST(RecentRowsTest, FindsEverythingThatWasPutLately) {
  constexpr size_t kOctets = 16 * 1024;
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  RecentRows rows(kOctets);
  std::map<std::string, std::string> model;
  std::deque<std::string> lately;  // keys, the last put at the back
  for (int step = 0; step < 50'000; ++step) {
    const std::string key = "key-" + std::to_string(random() % 300);
    if (random() % 8 == 0) {
      rows.erase(key);
      model.erase(key);
    } else {
      model[key] = std::string(random() % 700, static_cast<char>('a' + step % 26));
      rows.put(key, model[key]);
      lately.push_back(key);
    }
    // Each takes at most 128 octets more than it has; a sixth of the ring may be a filler.
    size_t octets = 0;
    for (auto at = lately.rbegin(); at != lately.rend() && octets < kOctets / 2; ++at) {
      const auto found = model.find(*at);
      octets += 1000;
      if (found != model.end()) ASSERT_EQ(text_of(rows.find(*at)), found->second) << step;
    }
    if (lately.size() > 20) lately.pop_front();
    const std::string other = "key-" + std::to_string(random() % 300);
    const auto row = rows.find(other);
    if (row) ASSERT_TRUE(model.contains(other) && model[other] == *row) << step;
    ASSERT_LE(rows.size(), model.size());
  }
}

}  // namespace
}  // namespace signet::store
