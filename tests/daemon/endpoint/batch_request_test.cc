#include "daemon/endpoint/batch_request.h"

#include <gtest/gtest.h>

namespace signet {
namespace {

constexpr size_t kMax = 10;

TEST(BatchRequest, ReadsEntriesInOrder) {
  const auto entries =
      parse_batch_request(R"([{"id":"a","scope":"x y","resource":["urn:1","urn:2"]},{},{"id":""}])", kMax);
  ASSERT_TRUE(entries.has_value());
  ASSERT_EQ(entries->size(), 3u);
  EXPECT_EQ((*entries)[0].id, "a");
  EXPECT_EQ((*entries)[0].scope, "x y");
  EXPECT_EQ((*entries)[0].resources, (std::vector<std::string>{"urn:1", "urn:2"}));
  EXPECT_FALSE((*entries)[1].has_id);
  EXPECT_TRUE((*entries)[2].has_id);
}

TEST(BatchRequest, SaysWhichEntryIsWrong) {
  const auto entries = parse_batch_request(R"([{},{"scope":7}])", kMax);
  ASSERT_FALSE(entries.has_value());
  EXPECT_NE(entries.error().find("entry 1"), std::string::npos) << entries.error();
  EXPECT_NE(entries.error().find("scope"), std::string::npos) << entries.error();
}

TEST(BatchRequest, RefusesTheWholeBodyForOneMistake) {
  for (const std::string_view body :
       {"", "null", "{}", "[]", "[null]", "[1]", "[[]]", R"([{"id":1}])", R"([{"id":null}])", R"([{"scope":null}])",
        R"([{"resource":"urn:1"}])", R"([{"resource":[null]}])", R"([{"resource":{}}])", R"([{"other":""}])",
        R"([{"scope":"a","scope":"a"}])", R"([{}] x)", R"([{},])", "[{}", "\xEF\xBB\xBF[{}]"}) {
    EXPECT_FALSE(parse_batch_request(body, kMax).has_value()) << body;
  }
}

TEST(BatchRequest, RefusesMoreThanItsBounds) {
  std::string many = "[{}";
  for (size_t i = 1; i < kMax; ++i) many += ",{}";
  EXPECT_TRUE(parse_batch_request(many + "]", kMax).has_value());
  EXPECT_FALSE(parse_batch_request(many + ",{}]", kMax).has_value());
  const std::string id(kBatchIdSizeMax, 'x');
  EXPECT_TRUE(parse_batch_request("[{\"id\":\"" + id + "\"}]", kMax).has_value());
  EXPECT_FALSE(parse_batch_request("[{\"id\":\"" + id + "x\"}]", kMax).has_value());
  std::string resources = "[{\"resource\":[\"urn:0\"";
  for (int i = 1; i < 17; ++i) resources += ",\"urn:" + std::to_string(i) + "\"";
  EXPECT_FALSE(parse_batch_request(resources + "]}]", kMax).has_value());
  EXPECT_FALSE(parse_batch_request(std::string(100'000, '['), kMax).has_value());
}

}  // namespace
}  // namespace signet
