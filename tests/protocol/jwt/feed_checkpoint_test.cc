#include "protocol/jwt/feed_checkpoint.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "protocol/base/base64url.h"
#include "protocol/jwt/access_token.h"

namespace signet {
namespace {

FeedCheckpoint good() {
  return {.issuer = "https://id.example",
          .issued_at = 1'700'000'000,
          .sequence = 7,
          .count = 7,
          .epoch = "00000000000000ff"};
}

std::string decoded(std::string_view segment) {
  std::string out(base64url_decoded_size_max(segment.size()), '\0');
  const auto size = base64url_decode(segment, {reinterpret_cast<uint8_t*>(out.data()), out.size()});
  out.resize(size.value_or(0));
  return out;
}

TEST(FeedCheckpoint, TooLittleRoomGivesNothing) {
  std::array<char, 100> out;
  EXPECT_EQ(write_feed_checkpoint_input(JwsAlgorithm::kEdDSA, "k", good(), out), 0U);
}

TEST(FeedCheckpoint, AnIssuerBeyondReasonGivesNothing) {
  const std::string issuer(5000, 'i');
  FeedCheckpoint checkpoint = good();
  checkpoint.issuer = issuer;
  std::array<char, 8192> out;
  EXPECT_EQ(write_feed_checkpoint_input(JwsAlgorithm::kEdDSA, "k", checkpoint, out), 0U);
}

TEST(FeedCheckpoint, ItsTypeIsNoAccessTokens) {
  EXPECT_NE(kFeedCheckpointType, kAccessTokenType);
  EXPECT_FALSE(kFeedCheckpointType.ends_with("/at+jwt"));
}

TEST(FeedCheckpoint, HoldsWhatFollowersCheck) {
  std::array<char, 1024> out;
  const size_t size = write_feed_checkpoint_input(JwsAlgorithm::kEdDSA, "k1", good(), out);
  const std::string_view text(out.data(), size);
  const size_t dot = text.find('.');
  ASSERT_NE(dot, std::string_view::npos);
  EXPECT_EQ(decoded(text.substr(0, dot)), R"({"alg":"EdDSA","typ":"signet-checkpoint+jwt","kid":"k1"})");
  EXPECT_EQ(decoded(text.substr(dot + 1)),
            R"({"iss":"https://id.example","iat":1700000000,"seq":7,"count":7,)"
            R"("hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","epoch":"00000000000000ff"})");
}

}  // namespace
}  // namespace signet
