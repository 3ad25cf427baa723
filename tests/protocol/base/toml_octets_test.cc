#include "protocol/base/toml_octets.h"

#include <gtest/gtest.h>

namespace signet {
namespace {

// toml++ 3.3 takes these where TOML 1.0 has none, into undefined behaviour.
TEST(StrayOctetTest, AreFoundOutsideCommentsAndTexts) {
  EXPECT_EQ(stray_octet_line("a = 1\nb = \xCC\xA2"), 2u);
  EXPECT_EQ(stray_octet_line("\xC3\xA9 = 1"), 1u);
  EXPECT_EQ(stray_octet_line("a = \"x\" \xC3\xA9"), 1u);
  EXPECT_EQ(stray_octet_line("a = \"x\\\"\" \xC3\xA9"), 1u) << "an escaped quote ends nothing";
  EXPECT_EQ(stray_octet_line("a = '''\n\n'''\n\xC3\xA9"), 4u);
  EXPECT_EQ(stray_octet_line("a = \"x\n\xC3\xA9"), 2u) << "a text that does not end goes no further than its line";
}

TEST(StrayOctetTest, AQuoteThatBeginsNothingIsOne) {
  EXPECT_EQ(stray_octet_line("a = 1\nb = 7e'x'"), 2u);
  EXPECT_EQ(stray_octet_line("a = \"x\"\"y\""), 1u);
  EXPECT_EQ(stray_octet_line("a = [\"x\",'y']\n'a'.\"b\" = {c=\"\"}"), 0u);
  EXPECT_EQ(stray_octet_line("a = \"\"\"x\"\"\"\"\""), 0u) << "two quotes before the three that end it";
}

TEST(StrayOctetTest, TextsAndCommentsMayHaveAnything) {
  EXPECT_EQ(stray_octet_line(""), 0u);
  EXPECT_EQ(stray_octet_line("# \xC3\xA9 \"\na = \"\xC3\xA9\" # \xC3\xA9\nb = '\xC3\xA9\\'\n"), 0u);
  EXPECT_EQ(stray_octet_line("a = \"\"\"\n\xC3\xA9\"\n\\\"\"\" \xC3\xA9\"\"\""), 0u);
}

}  // namespace
}  // namespace signet
