// Content-Type of a body: RFC 9110 section 8.3.1.
#include "daemon/endpoint/media_type.h"

#include <gtest/gtest.h>

namespace signet {
namespace {

constexpr std::string_view kJson = "application/json";

TEST(MediaTypeTest, TakesTheTypeInAnyCase) {
  EXPECT_TRUE(media_type_is("application/json", kJson));
  EXPECT_TRUE(media_type_is("Application/JSON", kJson));
}

TEST(MediaTypeTest, TakesParametersAndBlanksBeforeThem) {
  for (const std::string_view value : {"application/json;charset=utf-8", "application/json ; charset=utf-8",
                                       "application/json\t;charset=utf-8", "application/json;", "application/json "}) {
    EXPECT_TRUE(media_type_is(value, kJson)) << value;
  }
}

TEST(MediaTypeTest, RefusesWhatOnlyBeginsOrEndsLikeIt) {
  for (const std::string_view value :
       {"", "application", "application/", "application/jso", "application/jsonl", "application/json+x",
        "application/json x", "application/json, text/plain", " application/json", "x-application/json", "text/json"}) {
    EXPECT_FALSE(media_type_is(value, kJson)) << value;
  }
}

TEST(MediaTypeTest, FoldsLettersOnly) {
  EXPECT_FALSE(media_type_is("application\x0fjson", kJson)) << "0x0f with 0x20 set is the slash";
  EXPECT_FALSE(media_type_is("application\x0fx-www-form-urlencoded", "application/x-www-form-urlencoded"));
  EXPECT_FALSE(media_type_is("application/x\rwww-form-urlencoded", "application/x-www-form-urlencoded"));
}

}  // namespace
}  // namespace signet
