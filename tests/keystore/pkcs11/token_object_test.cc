// The PKCS#11 URI by which a row names an object: one spelling each.
#include "keystore/pkcs11/token_object.h"

#include <gtest/gtest.h>

namespace signet {
namespace {

TEST(TokenObject, IsReadAsItIsWritten) {
  const TokenObject object{"4f2a-00 ü", {0x00, 0xa1, 0x3b, 0xff}};
  const std::string text = write_token_object(object);
  EXPECT_EQ(text, "pkcs11:serial=4f2a-00%20%C3%BC;id=%00%A1%3B%FF;type=private");
  EXPECT_EQ(read_token_object(text), object);
  EXPECT_EQ(token_object_id_text(object.id), "00a13bff");
}

TEST(TokenObject, EveryOtherSpellingIsRefused) {
  const std::string good = "pkcs11:serial=ab;id=%01%02;type=private";
  ASSERT_TRUE(read_token_object(good));
  for (const char* bad : {"", "pkcs11:", "pkcs11:serial=ab;type=private", "pkcs11:serial=ab;id=;type=private",
                          "pkcs11:serial=ab;id=%01%02", "pkcs11:serial=ab;id=%01%02;type=public",
                          "pkcs11:serial=%61b;id=%01%02;type=private", "pkcs11:serial=ab;id=%01%0;type=private",
                          "pkcs11:serial=ab;id=%01%0g;type=private", "pkcs11:serial=ab;id=a%02;type=private",
                          "pkcs11:serial=ab;id=%0a;type=private", "pkcs11:serial=ab;id=%01;id=%02;type=private",
                          "pkcs11:serial=ab;id=%01%02;type=private ", " pkcs11:serial=ab;id=%01%02;type=private",
                          "pkcs11:serial=a;b;id=%01%02;type=private"}) {
    EXPECT_FALSE(read_token_object(bad)) << bad;
  }
}

TEST(TokenObject, AnyChangeOfTheTextNamesAnotherObjectOrNone) {
  const TokenObject object{"a1b2", {1, 2, 3}};
  const std::string text = write_token_object(object);
  for (size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const auto read = read_token_object(changed);
    EXPECT_TRUE(!read || *read != object) << changed;
  }
}

}  // namespace
}  // namespace signet
