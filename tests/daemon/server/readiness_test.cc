// When the daemon says that it should be given traffic.
#include "daemon/readiness.h"

#include <gtest/gtest.h>

namespace signet {
namespace {

TEST(ReadinessTest, AWorkingStoreIsReady) {
  StoreStatus store{.writable = true};
  EXPECT_TRUE(not_ready_reasons(store, false).empty());
  EXPECT_TRUE(may_issue(store));
}

TEST(ReadinessTest, EachReasonAloneFailsIt) {
  EXPECT_EQ(not_ready_reasons({.writable = false}, false).size(), 1u);
  EXPECT_EQ(not_ready_reasons({.writable = true, .clock_jumped = true}, false).size(), 1u);
  EXPECT_EQ(not_ready_reasons({.writable = true, .clock_behind = true}, false).size(), 1u);
  EXPECT_EQ(not_ready_reasons({.writable = true}, true).size(), 1u);
  EXPECT_EQ(not_ready_reasons({.writable = true}, false, true).size(), 1u) << "a token that is lost";
}

TEST(ReadinessTest, NothingIsSignedUnderAClockThatIsBehind) {
  EXPECT_FALSE(may_issue({.writable = true, .clock_behind = true}));
}

// A token needs no write: what was registered goes on being served while the clock waits to be accepted.
TEST(ReadinessTest, AJumpAheadDoesNotStopIssuance) { EXPECT_TRUE(may_issue({.writable = true, .clock_jumped = true})); }

}  // namespace
}  // namespace signet
