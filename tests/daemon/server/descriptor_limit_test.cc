#include "daemon/descriptor_limit.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <limits>

namespace signet {
namespace {

TEST(DescriptorLimit, LeavesWhatWasAskedForWhereItFits) {
  EXPECT_EQ(connections_that_fit(1'048'576, 8, 20'000), 20'000u);
  EXPECT_EQ(connections_that_fit(512 + 2 * 20'000, 2, 20'000), 20'000u);
  EXPECT_EQ(connections_that_fit(std::numeric_limits<uint64_t>::max(), 1, 20'000), 20'000u);  // no limit
  EXPECT_EQ(connections_that_fit(514, 1, 2), 2u) << "asked for so few";
}

// Beyond, accept fails with EMFILE and the store cannot open its next table.
TEST(DescriptorLimit, SharesWhatThereIsAmongTheWorkers) {
  EXPECT_EQ(connections_that_fit(512 + 2 * 20'000 - 1, 2, 20'000), 19'999u);
  EXPECT_EQ(connections_that_fit(1024, 2, 20'000), 256u);
  EXPECT_EQ(connections_that_fit(4096, 4, 20'000), 896u);
}

TEST(DescriptorLimit, GivesNothingBelowWhatTheRestNeeds) {
  EXPECT_EQ(connections_that_fit(1024, 17, 20'000), 30u);
  EXPECT_EQ(connections_that_fit(513, 2, 20'000), 0u);
  EXPECT_EQ(connections_that_fit(512, 1, 20'000), 0u);
  EXPECT_EQ(connections_that_fit(256, 1, 20'000), 0u);
  EXPECT_EQ(connections_that_fit(0, 1, 1), 0u);
}

TEST(DescriptorLimit, SaysWhatToDo) {
  const std::string text = too_few_descriptors(256, 2);
  EXPECT_NE(text.find("limit of 256"), std::string::npos);
  EXPECT_NE(text.find("need 576"), std::string::npos);
  EXPECT_NE(text.find("LimitNOFILE"), std::string::npos);
}

TEST(DescriptorLimit, GivesTheLimitThatHolds) {
  const uint64_t given = raise_descriptor_limit();
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(given, limit.rlim_cur);
  EXPECT_EQ(limit.rlim_cur, limit.rlim_max);
}

}  // namespace
}  // namespace signet
