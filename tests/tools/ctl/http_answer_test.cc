// What may come back on the admin socket (RFC 9112), and what is refused instead of shown as a result.
#include "tools/ctl/http_answer.h"

#include <gtest/gtest.h>

#include <string>

namespace signet::ctl {
namespace {

constexpr const char* kSized = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: a/b\r\n\r\nhello";
constexpr const char* kChunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA\r\n, admin...\r\n0\r\n\r\n";

// The error, or "complete" or "more".
std::string feed_all(const std::string& octets) {
  HttpAnswerReader reader;
  const auto fed = reader.feed(octets);
  if (!fed) return fed.error();
  return *fed ? "complete" : "more";
}

TEST(HttpAnswerReader, ReadsABodyWithItsLength) {
  HttpAnswerReader reader;
  ASSERT_TRUE(reader.feed(kSized).value_or(false));
  const HttpAnswer answer = reader.take();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(answer.content_type, "a/b");
  EXPECT_FALSE(answer.close);
}

TEST(HttpAnswerReader, ReadsAnAnswerCutAnywhere) {
  for (const std::string octets : {kSized, kChunked}) {
    for (size_t cut = 1; cut < octets.size(); ++cut) {
      HttpAnswerReader reader;
      const auto first = reader.feed(octets.substr(0, cut));
      ASSERT_TRUE(first) << cut << ": " << first.error();
      ASSERT_FALSE(*first) << cut;  // RFC 9112 section 8: a prefix is never a whole answer
      ASSERT_TRUE(reader.feed(octets.substr(cut)).value_or(false)) << cut;
    }
  }
}

TEST(HttpAnswerReader, JoinsChunks) {
  HttpAnswerReader reader;
  ASSERT_TRUE(reader.feed(kChunked).value_or(false));
  EXPECT_EQ(reader.take().body, "hello, admin...");
}

TEST(HttpAnswerReader, NoContentHasNoBody) { EXPECT_EQ(feed_all("HTTP/1.1 204 No Content\r\n\r\n"), "complete"); }

TEST(HttpAnswerReader, NoticesThatTheConnectionEnds) {
  HttpAnswerReader reader;
  ASSERT_TRUE(reader.feed("HTTP/1.1 400 Bad\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").value_or(false));
  EXPECT_TRUE(reader.take().close);
}

TEST(HttpAnswerReader, RefusesWhatIsNotHttp) {
  EXPECT_NE(feed_all("SSH-2.0-OpenSSH\r\n"), "more");
  EXPECT_NE(feed_all("HTTP/1.0 200 OK\r\n\r\n"), "more");
  EXPECT_NE(feed_all(std::string(3, '\0')), "more");
  EXPECT_NE(feed_all("H "), "more");
}

TEST(HttpAnswerReader, RefusesAStatusLineWithoutSense) {
  for (const char* line : {"HTTP/1.1 20 OK", "HTTP/1.1 2000", "HTTP/1.1 abc OK", "HTTP/1.1 -12 X", "HTTP/1.1 099 X",
                           "HTTP/1.1 100 Continue", "HTTP/1.1 600 X", "HTTP/1.1 200OK"}) {
    EXPECT_EQ(feed_all(std::string(line) + "\r\nContent-Length: 0\r\n\r\n"), "a status line that makes no sense")
        << line;
  }
}

TEST(HttpAnswerReader, RefusesBrokenHeaderFields) {
  for (const std::string field :
       {"no colon", ": empty", "bad name: x", "Content-Length : 1", " folded: x", "a: b\nc: d", "a: b\rc"}) {
    EXPECT_EQ(feed_all("HTTP/1.1 200 OK\r\n" + field + "\r\nContent-Length: 0\r\n\r\n"), "a broken header field")
        << field;
  }
}

TEST(HttpAnswerReader, RefusesAnyDoubtAboutTheLength) {
  const auto with = [](const std::string& fields) { return feed_all("HTTP/1.1 200 OK\r\n" + fields + "\r\nabc"); };
  for (const char* fields :
       {"Content-Length: -1\r\n", "Content-Length: +3\r\n", "Content-Length: 3, 3\r\n", "Content-Length: \r\n",
        "Content-Length: 3\r\nContent-Length: 3\r\n", "Content-Length: 99999999999999999999\r\n",
        "Content-Length: 99999999999\r\n", "Transfer-Encoding: gzip\r\n", "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "", "Content-Length: 2\r\n"}) {
    const std::string outcome = with(fields);
    EXPECT_NE(outcome, "complete") << fields;
    EXPECT_NE(outcome, "more") << fields;
  }
}

TEST(HttpAnswerReader, RefusesBrokenChunks) {
  const auto with = [](const std::string& chunks) {
    return feed_all("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks);
  };
  for (const char* chunks :
       {"x\r\n", "-1\r\n", "\r\n", "5;ext=1\r\nhello\r\n", "3\r\nhello\r\n0\r\n\r\n", "FFFFFFFFFF\r\n", "5000000\r\n",
        "0\r\nTrailer: x\r\n\r\n", "00000000000\r\n", "1\r\naX"}) {
    const std::string outcome = with(chunks);
    EXPECT_NE(outcome, "complete") << chunks;
    EXPECT_NE(outcome, "more") << chunks;
  }
}

TEST(HttpAnswerReader, RefusesAnEndlessHead) {
  EXPECT_EQ(feed_all("HTTP/1.1 200 OK\r\nA: " + std::string(kAnswerHeadSizeMax, 'a')), "an endless head");
}

TEST(HttpAnswerReader, RefusesOctetsAfterTheEnd) {
  EXPECT_EQ(feed_all(std::string(kSized) + "x"), "octets after the end of the answer");
  EXPECT_EQ(feed_all("HTTP/1.1 204 X\r\n\r\nx"), "octets after the end of the answer");
  EXPECT_EQ(feed_all("HTTP/1.1 204 X\r\nContent-Length: 1\r\n\r\nx"), "a body where none may be");
}

TEST(HttpAnswerReader, KeepsTheNextAnswerApart) {
  HttpAnswerReader reader(true);
  ASSERT_TRUE(reader.feed(std::string(kSized) + "HTTP/1.1 2").value_or(false));
  EXPECT_EQ(reader.take().body, "hello");
  EXPECT_EQ(reader.take_rest(), "HTTP/1.1 2");
}

}  // namespace
}  // namespace signet::ctl
