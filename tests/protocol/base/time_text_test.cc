#include "protocol/base/time_text.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace signet {
namespace {

TEST(Rfc3339, WritesUtcWithTwoDigitsEach) {
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(rfc3339(951782400), "2000-02-29T00:00:00Z");
  EXPECT_EQ(rfc3339(4294967296), "2106-02-07T06:28:16Z");
  EXPECT_EQ(rfc3339(-1), "1969-12-31T23:59:59Z");
}

TEST(Rfc3339, GivesTheNumberWhereNoSuchTextExists) {
  EXPECT_EQ(rfc3339(253402300799), "9999-12-31T23:59:59Z");
  EXPECT_EQ(rfc3339(253402300800), "253402300800");
  EXPECT_EQ(rfc3339(-62167219200), "0000-01-01T00:00:00Z");
  EXPECT_EQ(rfc3339(-62167219201), "-62167219201");
  EXPECT_EQ(rfc3339(INT64_MIN), "-9223372036854775808");
  EXPECT_EQ(rfc3339(INT64_MAX), "9223372036854775807");
}

}  // namespace
}  // namespace signet
