// A failure of the disk reaches whoever ends the daemon, whenever it happens.
#include "daemon/storage_failure.h"

#include <gtest/gtest.h>

#include <vector>

namespace signet {
namespace {

TEST(StorageFailureTest, OneBeforeAnyoneListensIsNotLost) {
  StorageFailure failure;
  failure.fail("disk");
  std::vector<std::string> heard;
  failure.listen([&](const std::string& why) { heard.push_back(why); });
  EXPECT_EQ(heard, std::vector<std::string>{"disk"});
}

TEST(StorageFailureTest, OnlyTheFirstIsTold) {
  StorageFailure failure;
  std::vector<std::string> heard;
  failure.listen([&](const std::string& why) { heard.push_back(why); });
  failure.fail("first");
  failure.fail("second");
  EXPECT_EQ(heard, std::vector<std::string>{"first"});
}

}  // namespace
}  // namespace signet
