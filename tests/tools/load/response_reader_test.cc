#include "tools/load/response_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace signet::load {
namespace {

using State = ResponseReader::State;

const std::string kGood = "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\n\r\nhello";

TEST(ResponseReader, ReadsAnAnswerInOnePiece) {
  ResponseReader reader;
  EXPECT_EQ(reader.feed(kGood), State::kComplete);
  EXPECT_EQ(reader.head().status, 200);
  EXPECT_EQ(reader.head().content_length, 5u);
  EXPECT_FALSE(reader.head().close);
  EXPECT_EQ(reader.excerpt(), "");
}

TEST(ResponseReader, ReadsAnAnswerCutAnywhere) {
  for (size_t cut = 1; cut < kGood.size(); ++cut) {
    ResponseReader reader;
    EXPECT_EQ(reader.feed(kGood.substr(0, cut)), State::kMore) << cut;
    EXPECT_TRUE(reader.started());
    EXPECT_EQ(reader.feed(kGood.substr(cut)), State::kComplete) << cut;
    EXPECT_FALSE(reader.started());
  }
}

TEST(ResponseReader, ReadsAnAnswerOctetByOctetAndThenTheNext) {
  ResponseReader reader;
  for (int round = 0; round < 2; ++round) {
    for (size_t i = 0; i + 1 < kGood.size(); ++i) ASSERT_EQ(reader.feed(kGood.substr(i, 1)), State::kMore);
    ASSERT_EQ(reader.feed("o"), State::kComplete);
  }
}

TEST(ResponseReader, RefusesOctetsBeyondTheAnswer) {
  ResponseReader reader;
  EXPECT_EQ(reader.feed(kGood + "H"), State::kBad);
  ResponseReader twice;
  EXPECT_EQ(twice.feed(kGood + kGood), State::kBad);
}

TEST(ResponseReader, KeepsAnExcerptOfWhatIsNotGood) {
  ResponseReader reader;
  EXPECT_EQ(reader.feed("HTTP/1.1 401 Unauthorized\r\nContent-Length: 7\r\n\r\n{\"err"), State::kMore);
  EXPECT_EQ(reader.feed("\"}"), State::kComplete);
  EXPECT_EQ(reader.head().status, 401);
  EXPECT_EQ(reader.excerpt(), "{\"err\"}");
  EXPECT_EQ(reader.feed(kGood), State::kComplete);
  EXPECT_EQ(reader.excerpt(), "");
}

TEST(ResponseReader, BoundsTheExcerpt) {
  ResponseReader reader;
  EXPECT_EQ(reader.feed("HTTP/1.1 500 x\r\nContent-Length: 10000\r\n\r\n" + std::string(10000, 'x')), State::kComplete);
  EXPECT_LE(reader.excerpt().size(), 200u);
}

TEST(ResponseReader, RefusesAHeadWithoutEnd) {
  ResponseReader reader;
  EXPECT_EQ(reader.feed("HTTP/1.1 200 OK\r\nX: " + std::string(70000, 'x')), State::kBad);
}

TEST(ResponseHead, FindsTheLengthInAnyCaseAndPlace) {
  for (const char* field : {"Content-Length: 12", "content-length:12", "CONTENT-LENGTH: \t12 "}) {
    const auto head = parse_response_head("HTTP/1.1 200 OK\r\nA: b\r\n" + std::string(field) + "\r\nC: d\r\n");
    ASSERT_TRUE(head) << field;
    EXPECT_EQ(head->content_length, 12u) << field;
  }
}

TEST(ResponseHead, NeedsALength) {
  EXPECT_FALSE(parse_response_head("HTTP/1.1 200 OK\r\n"));
  EXPECT_FALSE(parse_response_head("HTTP/1.1 200 OK\r\nX-Content-Length: 5\r\n"));
  EXPECT_FALSE(parse_response_head("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_TRUE(parse_response_head("HTTP/1.1 204 No Content\r\n"));
  EXPECT_TRUE(parse_response_head("HTTP/1.1 304 Not Modified\r\nContent-Length: 700\r\n"));
  EXPECT_EQ(parse_response_head("HTTP/1.1 304 Not Modified\r\nContent-Length: 700\r\n")->content_length, 0u);
}

TEST(ResponseHead, RefusesABadLength) {
  for (const char* length : {"", "x", "-1", "5x", "5, 5", "0x5", "99999999999999999999999"})
    EXPECT_FALSE(parse_response_head("HTTP/1.1 200 OK\r\nContent-Length: " + std::string(length) + "\r\n")) << length;
  EXPECT_FALSE(parse_response_head("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n"));
}

TEST(ResponseHead, RefusesWhatIsNotHttp1) {
  for (const char* line : {"", "HTTP/2 200 OK", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 2x0 OK", "HTTP/1.1 20 OK",
                           "ICY 200 OK 1234", "HTTP/1.1-200 OK", "HTTP/1.1 099 OK"})
    EXPECT_FALSE(parse_response_head(std::string(line) + "\r\nContent-Length: 0\r\n")) << line;
}

TEST(ResponseHead, KnowsWhenTheServerCloses) {
  const auto closes = [](const std::string& version, const std::string& field) {
    return parse_response_head("HTTP/" + version + " 200 OK\r\nContent-Length: 0\r\n" + field)->close;
  };
  EXPECT_TRUE(closes("1.1", "Connection: close\r\n"));
  EXPECT_TRUE(closes("1.1", "connection: Close\r\n"));
  EXPECT_TRUE(closes("1.0", ""));
  EXPECT_FALSE(closes("1.1", ""));
  EXPECT_FALSE(closes("1.1", "Connection: keep-alive\r\n"));
  EXPECT_FALSE(closes("1.0", "Connection: keep-alive\r\n"));
}

TEST(ResponseReader, KeepsBodiesHoweverTheyAreCut) {
  const std::string answers[] = {"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world",
                                 "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"};
  for (size_t cut = 1; cut < answers[0].size(); ++cut) {
    ResponseReader reader;
    reader.keep_bodies();
    EXPECT_EQ(reader.feed(std::string_view(answers[0]).substr(0, cut)), ResponseReader::State::kMore) << cut;
    const std::string rest = answers[0].substr(cut);
    ASSERT_EQ(reader.feed(rest), ResponseReader::State::kComplete) << cut;
    EXPECT_EQ(reader.body(), "hello world") << cut;
    ASSERT_EQ(reader.feed(answers[1]), ResponseReader::State::kComplete);
    EXPECT_EQ(reader.body(), "abc") << cut;
  }
}

TEST(ResponseReader, KeepsNoBodyUnasked) {
  ResponseReader reader;
  ASSERT_EQ(reader.feed("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"), ResponseReader::State::kComplete);
  EXPECT_EQ(reader.body(), "");
}

}  // namespace
}  // namespace signet::load
