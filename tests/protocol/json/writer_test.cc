#include "protocol/json/writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "protocol/json/reader.h"

namespace signet {
namespace {

template <typename Write>
std::string written(Write write, size_t room = 8192) {
  std::vector<char> buffer(room);
  JsonWriter writer(buffer);
  write(writer);
  EXPECT_FALSE(writer.overflowed());
  return std::string(writer.text());
}

std::string json_string(std::string_view text) {
  return written([text](JsonWriter& w) { w.string(text); });
}

void write_sample(JsonWriter& w) {
  w.begin_object();
  w.member("iss", "https://issuer.example");
  w.key("aud");
  w.begin_array();
  w.string("a");
  w.string("b\"c");
  w.end_array();
  w.member_integer("exp", 1516239022);
  w.member_boolean("active", true);
  w.key("empty");
  w.begin_object();
  w.end_object();
  w.key("list");
  w.begin_array();
  w.end_array();
  w.key("none");
  w.null();
  w.raw_members("\"x\":1,\"y\":2");
  w.raw_members("");
  w.key_text("na\nme");
  w.raw("[1,2]");
  w.end_object();
}

constexpr std::string_view kSample =
    R"({"iss":"https://issuer.example","aud":["a","b\"c"],"exp":1516239022,"active":true,"empty":{},"list":[],)"
    R"("none":null,"x":1,"y":2,"na\nme":[1,2]})";

TEST(JsonWriter, PutsCommasBetweenAndNowhereElse) { EXPECT_EQ(written(write_sample), kSample); }

// A writer that went one octet too far would touch the guard; one that stopped early would say so in size().
TEST(JsonWriter, TakesAViewWithoutAnAddressForAnEmptyText) {
  EXPECT_EQ(json_string(std::string_view()), R"("")");
  EXPECT_EQ(written([](JsonWriter& w) { w.raw_members(std::string_view()); }), "");
}

TEST(JsonWriter, OverflowsInsteadOfWritingPastTheEndAtEverySize) {
  for (size_t room = 0; room < kSample.size(); ++room) {
    std::string buffer(room + 16, '#');
    JsonWriter writer({buffer.data(), room});
    write_sample(writer);
    ASSERT_TRUE(writer.overflowed()) << room;
    ASSERT_EQ(writer.size(), 0u);
    ASSERT_TRUE(writer.text().empty());
    ASSERT_EQ(buffer.substr(room), std::string(16, '#')) << room;
  }
  EXPECT_EQ(written(write_sample, kSample.size()), kSample);  // exactly enough is enough
}

TEST(JsonWriter, StaysOverflowedWhenALaterPieceWouldFit) {
  char buffer[4];
  JsonWriter writer(buffer);
  writer.string("too long");
  writer.integer(1);
  EXPECT_TRUE(writer.overflowed());
  EXPECT_EQ(writer.size(), 0u);
}

TEST(JsonWriter, EscapesWhatRfc8259Section7Demands) {
  EXPECT_EQ(json_string("\"\\/"), R"("\"\\/")");
  EXPECT_EQ(json_string("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(json_string(std::string_view("\0\x01\x1f\x7f", 4)), "\"\\u0000\\u0001\\u001f\x7f\"");
  EXPECT_EQ(json_string("gr\u00fc\u00df \U0001F511"), "\"gr\u00fc\u00df \U0001F511\"");
}

TEST(JsonWriter, WhatItWritesReadsBackTheSame) {
  std::string all;
  for (int octet = 0; octet < 0x80; ++octet) all += static_cast<char>(octet);
  all += "\u00e9\u2028\U0001F511";
  const std::string text = json_string(all);
  const auto value = read_json(text, {.allow_nul = true});
  ASSERT_TRUE(value);
  EXPECT_EQ(*value->as_string(), all);
}

TEST(JsonWriter, IntegersAtTheirLimits) {
  EXPECT_EQ(written([](JsonWriter& w) { w.integer(std::numeric_limits<int64_t>::min()); }), "-9223372036854775808");
  EXPECT_EQ(written([](JsonWriter& w) { w.unsigned_integer(std::numeric_limits<uint64_t>::max()); }),
            "18446744073709551615");
}

TEST(JsonWriter, NumbersThatJsonCannotSayBecomeNull) {
  EXPECT_EQ(written([](JsonWriter& w) { w.number(std::nan("")); }), "null");
  EXPECT_EQ(written([](JsonWriter& w) { w.number(std::numeric_limits<double>::infinity()); }), "null");
  EXPECT_EQ(written([](JsonWriter& w) { w.number(0.25); }), "0.25");
}

}  // namespace
}  // namespace signet
