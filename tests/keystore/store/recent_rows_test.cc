#include "keystore/store/recent_rows.h"

#include <gtest/gtest.h>

namespace signet::store {
namespace {

std::string text_of(const std::string* row) { return row == nullptr ? "none" : *row; }

TEST(RecentRowsTest, GivesWhatWasPutLast) {
  RecentRows rows(4);
  EXPECT_EQ(rows.find("a"), nullptr);
  rows.put("a", "1");
  rows.put("b", "2");
  rows.put("a", "3");
  EXPECT_EQ(text_of(rows.find("a")), "3");
  EXPECT_EQ(text_of(rows.find("b")), "2");
  EXPECT_EQ(rows.find("c"), nullptr);
}

TEST(RecentRowsTest, NeverShowsAnOlderValueFromTheOlderGeneration) {
  RecentRows rows(2);
  rows.put("a", "old");
  rows.put("b", "1");
  rows.put("a2", "1");  // a and b are the older generation now
  EXPECT_EQ(text_of(rows.find("a")), "old");
  rows.put("a", "new");
  EXPECT_EQ(text_of(rows.find("a")), "new");
}

TEST(RecentRowsTest, WhatIsErasedIsInNeitherGeneration) {
  RecentRows rows(2);
  rows.put("a", "old");
  rows.put("b", "1");
  rows.put("c", "1");
  rows.put("a", "new");
  rows.erase("a");
  EXPECT_EQ(rows.find("a"), nullptr);
  rows.erase("b");
  rows.erase("never there");
  EXPECT_EQ(rows.find("b"), nullptr);
  EXPECT_EQ(text_of(rows.find("c")), "1");
}

TEST(RecentRowsTest, KeepsTheLastOnesAndNeverMoreThanTwiceAsMany) {
  RecentRows rows(8);
  for (int i = 0; i < 1000; ++i) {
    rows.put(std::to_string(i), "x");
    EXPECT_LE(rows.size(), 16U);
    for (int last = std::max(0, i - 7); last <= i; ++last) EXPECT_NE(rows.find(std::to_string(last)), nullptr) << i;
  }
  EXPECT_EQ(rows.find("0"), nullptr);
}

}  // namespace
}  // namespace signet::store
