// The crash test must be able to fail: what the ledger catches, and what it lets pass.
#include "tests/crash/ledger.h"

#include <gtest/gtest.h>

namespace signet::crash {
namespace {

Contents with_chunk(int clients) {
  Contents contents;
  for (int i = 0; i < clients; ++i) contents.clients[import_client("imp0", 0, i)] = 0;
  contents.imports["imp0"] = 1;
  return contents;
}

TEST(LedgerTest, CatchesAnAcknowledgedClientThatIsLost) {
  Ledger ledger;
  ledger.read("B 0 a c1 5\nA 0\n");
  EXPECT_NE(ledger.check({}), "");
}

TEST(LedgerTest, CatchesAnOlderValue) {
  Ledger ledger;
  ledger.read("B 0 a c1 5\nA 0\nB 0 u c1 6\nA 0\n");
  EXPECT_NE(ledger.check({.clients = {{"c1", 5}}}), "");
}

TEST(LedgerTest, CatchesARemovalThatCameBack) {
  Ledger ledger;
  ledger.read("B 0 a c1 5\nA 0\nB 0 r c1 0\nA 0\n");
  EXPECT_NE(ledger.check({.clients = {{"c1", 5}}}), "");
}

TEST(LedgerTest, CatchesHalfAChunk) {
  for (int clients = 0; clients < kChunkSize; ++clients) {
    Ledger ledger;
    ledger.read("B 0 i imp0 0\n");
    EXPECT_NE(ledger.check(with_chunk(clients)), "") << clients;
    Ledger without_progress;
    without_progress.read("B 0 i imp0 0\n");
    Contents found = with_chunk(clients);
    found.imports.clear();
    EXPECT_EQ(without_progress.check(found) == "", clients == 0) << clients;
  }
}

TEST(LedgerTest, CatchesALostKey) {
  Ledger ledger;
  ledger.read("B 0 k k1 0\nA 0\n");
  EXPECT_NE(ledger.check({}), "");
}

TEST(LedgerTest, CatchesOneOfTwoRecords) {
  Ledger ledger;
  ledger.read("B 0 d r0 5\nA 0\nB 0 d r0 6\n");
  EXPECT_NE(ledger.check({.records = {{"r0-one", 6}, {"r0-two", 5}}}), "");
  Ledger other;
  other.read("B 0 d r0 5\nA 0\nB 0 d r0 6\n");
  EXPECT_NE(other.check({.records = {{"r0-one", 5}, {"r0-two", 6}}}), "");
  Ledger lost;
  lost.read("B 0 d r0 5\nA 0\n");
  EXPECT_NE(lost.check({}), "");
}

TEST(LedgerTest, LetsAnUndecidedOperationBeDoneOrNot) {
  for (const bool done : {false, true}) {
    Ledger ledger;
    ledger.read("B 0 a c1 5\nA 0\nB 0 u c1 6\nB 1 i imp0 0\n");
    Contents found = done ? with_chunk(kChunkSize) : Contents{};
    found.clients["c1"] = done ? 6 : 5;
    EXPECT_EQ(ledger.check(found), "");
    EXPECT_EQ(ledger.undecided(), 2U);
    EXPECT_EQ(ledger.check(found), "") << "what was found is what is expected from now on";
  }
}

TEST(LedgerTest, DropsAnUnfinishedLine) {
  Ledger ledger;
  ledger.read("B 0 a c1 5\nA 0");
  EXPECT_EQ(ledger.acknowledged(), 0U);
}

}  // namespace
}  // namespace signet::crash
