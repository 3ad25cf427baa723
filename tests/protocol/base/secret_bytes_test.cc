#include "protocol/base/secret_bytes.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

namespace signet {
namespace {

template <typename T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };
template <typename T>
concept Comparable = requires(const T& a, const T& b) { a == b; };

static_assert(!std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::is_copy_assignable_v<SecretBytes>);
static_assert(!Streamable<SecretBytes>);
static_assert(!Comparable<SecretBytes>);

TEST(SecretBytes, StartsZeroed) {
  const SecretBytes bytes(40);
  for (uint8_t b : bytes.expose()) EXPECT_EQ(b, 0);
}

TEST(SecretBytes, CopyIsIndependentOfItsSource) {
  uint8_t source[] = {1, 2, 3};
  const SecretBytes bytes = SecretBytes::copy_of(source);
  source[0] = 9;
  EXPECT_EQ(bytes.expose()[0], 1);
}

TEST(WipeText, LeavesNoneOfTheText) {
  std::string text = "a secret that is longer than a string holds within itself";
  const size_t size = text.size();
  wipe_text(text);
  EXPECT_EQ(text, std::string(size, '\0'));
  std::string nothing;
  wipe_text(nothing);
  EXPECT_TRUE(nothing.empty());
}

TEST(SecretBytes, MovingLeavesNothingBehind) {
  SecretBytes from = SecretBytes::copy_of(as_bytes("secret"));
  SecretBytes to = std::move(from);
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): the moved-from state is what is tested
  EXPECT_EQ(as_text(to.expose()), "secret");
  SecretBytes third(4);
  third = std::move(to);
  EXPECT_EQ(as_text(third.expose()), "secret");
  EXPECT_TRUE(to.empty());  // NOLINT(bugprone-use-after-move)
}

TEST(SecretBytes, EmptyIsNoSecret) {
  EXPECT_TRUE(SecretBytes().empty());
  EXPECT_TRUE(SecretBytes(0).empty());
  EXPECT_TRUE(SecretBytes::copy_of({}).empty());
}

TEST(SecretBytes, WipeZeroesEveryOctet) {
  uint8_t bytes[33];
  for (uint8_t& b : bytes) b = 0xA5;
  wipe({bytes, 32});
  for (int i = 0; i < 32; ++i) EXPECT_EQ(bytes[i], 0);
  EXPECT_EQ(bytes[32], 0xA5);
  wipe({});
}

}  // namespace
}  // namespace signet
