// What becomes of a sandbox's key by the day on which it is asked for.
#include "daemon/dialect/novapost/sandbox_key.h"

#include <gtest/gtest.h>

namespace signet {
namespace {

constexpr UnixSeconds kNow = 1'700'000'000;

class SandboxKeyTest : public testing::Test {
 protected:
  std::optional<SandboxKey> ask(const std::optional<SandboxKey>& before, UnixSeconds now) {
    renewed_ = false;
    return ask_for_sandbox_key(before, now, keys_, renewed_);
  }
  std::string text(const SandboxKey& key, std::string_view phone = "48500100200", uint32_t tenant = 0) {
    return std::string(as_text(sandbox_key_text(keys_, tenant, phone, key).expose()));
  }

  const std::array<HashKey, 1> secrets_{HashKey{1, 2, 3}};
  FamilyKeys keys_{1, secrets_};
  bool renewed_ = false;
};

TEST_F(SandboxKeyTest, TheFirstLivesForAYear) {
  const auto key = ask(std::nullopt, kNow);
  ASSERT_TRUE(key);
  EXPECT_TRUE(renewed_);
  EXPECT_EQ(key->created_at, kNow);
  EXPECT_EQ(key->expires_at, kNow + kSandboxLifeS);
  EXPECT_EQ(text(*key).size(), 32u);
  EXPECT_NE(text(*key), text(*key, "48500100201"));
  EXPECT_NE(text(*key), text(*key, "48500100200", 1));
}

TEST_F(SandboxKeyTest, TheSameDayItIsTheSameUntilItIsTooOften) {
  auto key = ask(std::nullopt, kNow);
  const std::string first = text(*key);
  for (int64_t asks = 2; asks <= kSandboxAsksMax; ++asks) {
    const auto next = ask(key, kNow + asks);
    ASSERT_TRUE(next) << asks;
    EXPECT_FALSE(renewed_);
    EXPECT_EQ(next->expires_at, key->expires_at);
    EXPECT_EQ(text(*next), first);
    key = next;
  }
  EXPECT_FALSE(ask(key, kNow + 100));
  EXPECT_TRUE(ask(key, kNow + kSandboxDayS)) << "tomorrow again";
}

TEST_F(SandboxKeyTest, AnotherDayItLivesLonger) {
  const auto key = ask(std::nullopt, kNow);
  const auto next = ask(key, kNow + 3 * kSandboxDayS);
  ASSERT_TRUE(next);
  EXPECT_TRUE(renewed_);
  EXPECT_EQ(text(*next), text(*key));
  EXPECT_EQ(next->created_at, kNow);
  EXPECT_EQ(next->expires_at, kNow + 3 * kSandboxDayS + kSandboxLifeS);
}

TEST_F(SandboxKeyTest, OneThatEndedComesBackWithinNinetyDaysAndNotAfter) {
  const auto key = ask(std::nullopt, kNow);
  EXPECT_FALSE(key->active(key->expires_at));
  const auto back = ask(key, key->expires_at + kSandboxForgottenS - 1);
  ASSERT_TRUE(back);
  EXPECT_EQ(text(*back), text(*key));
  EXPECT_TRUE(back->active(key->expires_at + kSandboxForgottenS));
  const auto other = ask(key, key->expires_at + kSandboxForgottenS);
  ASSERT_TRUE(other);
  EXPECT_NE(text(*other), text(*key));
  EXPECT_EQ(other->created_at, key->expires_at + kSandboxForgottenS);
}

TEST_F(SandboxKeyTest, OneWhoseFamilyKeyIsGoneIsReplaced) {
  auto key = ask(std::nullopt, kNow);
  key->key_version = 9;
  EXPECT_EQ(text(*key), "");
  const auto other = ask(key, kNow);
  ASSERT_TRUE(other);
  EXPECT_EQ(other->key_version, 1);
  EXPECT_NE(other->seed, key->seed);
}

TEST_F(SandboxKeyTest, ARecordReadsBackAndNothingElseDoes) {
  const auto key = ask(std::nullopt, kNow);
  const auto read = read_sandbox_key(sandbox_key_json(*key));
  ASSERT_TRUE(read);
  EXPECT_EQ(text(*read), text(*key));
  EXPECT_EQ(read->asks, key->asks);
  for (const char* wrong : {"", "[]", "{}", R"({"seed":"a"})"}) EXPECT_FALSE(read_sandbox_key(wrong)) << wrong;
}

}  // namespace
}  // namespace signet
