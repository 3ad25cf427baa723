#include "protocol/oauth/issuance_record.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "protocol/json/reader.h"

namespace signet {
namespace {

IssuanceRecord full() {
  return {.time_ms = 1764182841123,
          .tenant = "default",
          .client_id = "billing",
          .subject = "alice",
          .jti = "AYvK0G8AAQIDBAUGBwgJCg",
          .kid = "k1",
          .grant = "refresh_token",
          .endpoint = "token",
          .expires_at = 1764183741,
          .scope = "a b",
          .family = "f1"};
}

std::string text_of(const IssuanceRecord& record, size_t room = 4096) {
  std::string text(room, '\0');
  text.resize(write_issuance_record(record, text).size);
  return text;
}

TEST(IssuanceRecord, NamesEverythingAboutAToken) {
  EXPECT_EQ(text_of(full()), R"({"time_ms":1764182841123,"tenant":"default","client_id":"billing","sub":"alice",)"
                             R"("jti":"AYvK0G8AAQIDBAUGBwgJCg","kid":"k1","grant":"refresh_token","endpoint":"token",)"
                             R"("exp":1764183741,"scope":"a b","sid":"f1"})");
}

TEST(IssuanceRecord, LeavesOutASubjectThatIsTheClient) {
  IssuanceRecord record = full();
  record.subject = record.client_id;
  EXPECT_EQ(text_of(record).find("sub"), std::string::npos);
  record.subject = {};
  EXPECT_EQ(text_of(record).find("sub"), std::string::npos);
}

TEST(IssuanceRecord, ATokenWithoutJtiIsNamedByTheStartOfItsHash) {
  IssuanceRecord record = full();
  record.jti = {};
  std::string text(4096, '\0');
  const IssuanceRecordText written = write_issuance_record(record, text);
  text.resize(written.size);
  ASSERT_NE(written.token_hash_at, 0U);
  write_token_hash("abc", text.data() + written.token_hash_at);
  const auto read = read_json(text);
  ASSERT_TRUE(read) << text;
  // SHA-256 of "abc" (FIPS 180-4, example), in base64url.
  EXPECT_EQ(*read->find_string("token_hash"), "ungWv48Bz-pBQUDeXa4iI7");
}

TEST(IssuanceRecord, ATokenWithJtiHasNoHash) {
  std::string text(4096, '\0');
  EXPECT_EQ(write_issuance_record(full(), text).token_hash_at, 0U);
}

TEST(IssuanceRecord, NamesCannotForgeALine) {
  IssuanceRecord record = full();
  record.client_id = "a\",\"jti\":\"x\n{\"n\":1}\r\t\\";
  const std::string text = text_of(record);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(text.find('\r'), std::string::npos);
  const auto read = read_json(text);
  ASSERT_TRUE(read) << text;
  EXPECT_EQ(*read->find_string("client_id"), record.client_id);
  EXPECT_EQ(*read->find_string("jti"), record.jti);
}

TEST(IssuanceRecord, WritesNothingWhereItDoesNotFit) {
  const size_t size = text_of(full()).size();
  EXPECT_EQ(text_of(full(), size).size(), size);
  for (size_t room = 0; room < size; ++room) EXPECT_EQ(text_of(full(), room), "") << room;
}

}  // namespace
}  // namespace signet
