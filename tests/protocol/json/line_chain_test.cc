#include "protocol/json/line_chain.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "protocol/base/digest.h"

namespace signet {
namespace {

using Verdict = LineChain::Verdict;

std::vector<std::string> chained(int count) {
  LineChain chain;
  std::vector<std::string> lines;
  for (int i = 1; i <= count; ++i) {
    std::string line = R"({"n":)" + std::to_string(i);
    chain.close_line(line, 0);
    EXPECT_EQ(line.back(), '\n');
    line.pop_back();
    lines.push_back(line);
  }
  return lines;
}

// The number of lines that follow.
size_t following(const std::vector<std::string>& lines) {
  LineChain chain;
  size_t count = 0;
  while (count < lines.size() && chain.next(lines[count]) == Verdict::kFollows) ++count;
  return count;
}

TEST(LineChain, FollowsWhatItWrote) { EXPECT_EQ(following(chained(5)), 5U); }

TEST(LineChain, TheHashIsThatOfTheOneBeforeAndTheLineUpToIt) {
  const std::string line = chained(1)[0];
  const Sha256Digest expected = sha256_of(Sha256Digest{}, as_bytes(std::string_view(R"({"n":1)")));
  EXPECT_EQ(line, R"({"n":1,"chain":")" + chain_text(expected) + R"("})");
}

TEST(LineChain, AnyOctetThatIsAlteredShows) {
  const auto lines = chained(3);
  for (size_t at = 0; at < lines[1].size(); ++at) {
    auto altered = lines;
    altered[1][at] = static_cast<char>(altered[1][at] ^ 1);
    EXPECT_EQ(following(altered), 1U) << at;
  }
}

TEST(LineChain, ALineTakenOutMovedOrRepeatedShows) {
  const auto lines = chained(4);
  auto removed = lines;
  removed.erase(removed.begin() + 1);
  EXPECT_EQ(following(removed), 1U);
  auto moved = lines;
  std::swap(moved[1], moved[2]);
  EXPECT_EQ(following(moved), 1U);
  auto repeated = lines;
  repeated.insert(repeated.begin() + 1, lines[0]);
  EXPECT_EQ(following(repeated), 1U);
}

TEST(LineChain, WhatHasNoHashIsNoLine) {
  LineChain chain;
  for (const std::string_view text : {"", "{}", R"({"n":1})", R"({"n":1,"chain":""})", R"(,"chain":"x"})"}) {
    EXPECT_EQ(chain.next(text), Verdict::kNoLine) << text;
  }
  const std::string line = chained(1)[0];
  for (size_t size = 0; size < line.size(); ++size) {
    EXPECT_EQ(chain.next(std::string_view(line).substr(0, size)), Verdict::kNoLine) << size;
  }
  EXPECT_EQ(chain.next(line), Verdict::kFollows) << "what does not follow changes nothing";
}

TEST(LineChain, GoesOnBehindAHash) {
  const auto lines = chained(3);
  LineChain chain(*LineChain::hash_of(lines[1]));
  EXPECT_EQ(chain.next(lines[2]), Verdict::kFollows);
  EXPECT_EQ(chain.next(lines[2]), Verdict::kAltered);
}

TEST(LineChain, AHashIsReadBackFromItsTextAlone) {
  const Sha256Digest hash = sha256({});
  EXPECT_EQ(parse_chain_text(chain_text(hash)), hash);
  for (const std::string& text : {std::string(), chain_text(hash) + "A", chain_text(hash).substr(1),
                                  std::string(43, '+'), std::string(43, '/')}) {
    EXPECT_FALSE(parse_chain_text(text)) << text;
  }
}

TEST(LineChain, ALineIsClosedBehindWhatStandsBeforeIt) {
  LineChain one, other;
  std::string text = "anything\n";
  text += R"({"n":1)";
  one.close_line(text, 9);
  std::string alone = R"({"n":1)";
  other.close_line(alone, 0);
  EXPECT_EQ(text, "anything\n" + alone);
}

}  // namespace
}  // namespace signet
