#include "protocol/base/nearest.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace signet {
namespace {

TEST(NearestTest, SwappedNeighboursAreOneMistake) {
  EXPECT_EQ(edit_distance("listen", "lsiten"), 1u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(NearestTest, GivesTheFirstOfTheNearest) {
  constexpr std::array<std::string_view, 3> kKnown{"status", "body", "headers"};
  EXPECT_EQ(nearest_name("staus", kKnown), "status");
  EXPECT_EQ(nearest_name("header", kKnown), "headers");
  EXPECT_EQ(nearest_name("", kKnown), "body");
}

TEST(NearestTest, NothingIsNearestToNothing) { EXPECT_EQ(nearest_name("x", {}), ""); }

TEST(NearestTest, AVeryLongNameCostsNoMoreThanAShortOne) {
  constexpr std::array<std::string_view, 1> kKnown{"status"};
  EXPECT_EQ(nearest_name(std::string(1 << 20, 's'), kKnown), "status");
}

TEST(NearestTest, ALikelyNameIsATypingErrorAndNoStranger) {
  constexpr std::array<std::string_view, 3> kKnown{"client_id", "scopes", "audiences"};
  EXPECT_EQ(likely_name("scope", kKnown), "scopes");
  EXPECT_EQ(likely_name("Client_ID", kKnown), "client_id");
  EXPECT_EQ(likely_name("zzzzzz", kKnown), "");
  EXPECT_EQ(likely_name("", kKnown), "");
  EXPECT_EQ(likely_name("x", {}), "");
  EXPECT_EQ(likely_name(std::string(1000, 's'), kKnown), "");
}

}  // namespace
}  // namespace signet
