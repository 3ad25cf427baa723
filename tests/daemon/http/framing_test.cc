// Every framing rule over real sockets: whole, and split at every octet.
#include <gtest/gtest.h>

#include "tests/daemon/http/framing_cases.h"
#include "tests/daemon/http/http_rig.h"

namespace signet::http {
namespace {

// The Date field may differ between two answers.
std::string without_date(std::string text) {
  for (size_t at = 0; (at = text.find("\r\nDate: ", at)) != std::string::npos;) text.erase(at, 37);
  return text;
}

std::string named(const FramingCase& row) { return std::string(row.rule) + ": " + row.octets.substr(0, 200); }

TEST(Framing, EachRuleGetsItsStatus) {
  EchoHandler handler;
  HttpRig rig(handler);
  for (const FramingCase& row : framing_cases()) {
    const std::string answer = exchange(rig.port(), row.octets);
    EXPECT_EQ(status_of(answer), row.status) << named(row);
    if (row.status == 200) {
      EXPECT_EQ(body_of(answer), row.body) << named(row);
    }
  }
}

TEST(Framing, EachRefusalIsAJsonErrorNotStoredAndCloses) {
  EchoHandler handler;
  HttpRig rig(handler);
  for (const FramingCase& row : framing_cases()) {
    if (row.status == 200) continue;
    RawClient client(rig.port());
    client.send(row.octets + "GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
    const std::string answer = client.read_answer();
    EXPECT_TRUE(body_of(answer).starts_with("{\"error\":\"invalid_request\",\"error_description\":\"")) << named(row);
    EXPECT_NE(answer.find("Content-Type: application/json\r\n"), std::string::npos) << named(row);
    EXPECT_NE(answer.find("Cache-Control: no-store\r\n"), std::string::npos) << named(row);
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos) << named(row);
    EXPECT_EQ(client.read_all(), "") << named(row);
  }
  EXPECT_EQ(handler.requests, 0U);
}

TEST(Framing, SplitAtEveryOctetGivesTheSameResult) {
  EchoHandler handler;
  HttpRig rig(handler);
  for (const FramingCase& row : framing_cases()) {
    if (row.octets.size() > 600) continue;
    const std::string stream = row.octets + "GET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    const std::string whole = without_date(exchange(rig.port(), stream));
    for (size_t split = 1; split < stream.size(); ++split) {
      const uint64_t before = rig.counters().octets_in.read();
      RawClient client(rig.port());
      client.send(std::string_view(stream).substr(0, split));
      for (int i = 0; i < 100'000 && rig.counters().octets_in.read() < before + split; ++i) sched_yield();
      client.send(std::string_view(stream).substr(split));
      const std::string answer = without_date(client.read_all());
      ASSERT_EQ(answer, whole) << "split at " << split << " of " << named(row);
    }
  }
}

TEST(Framing, OctetByOctetGivesTheSameResult) {
  EchoHandler handler;
  HttpRig rig(handler);
  for (const FramingCase& row : framing_cases()) {
    if (row.octets.size() > 200) continue;
    RawClient client(rig.port());
    uint64_t seen = rig.counters().octets_in.read();
    for (char octet : row.octets) {
      if (!client.send({&octet, 1})) break;
      ++seen;
      for (int i = 0; i < 2000 && rig.counters().octets_in.read() < seen; ++i) sched_yield();
    }
    client.half_close();
    EXPECT_EQ(status_of(client.read_all()), row.status) << named(row);
  }
}

TEST(Framing, TwoRequestsInOneSegmentAreTwo) {
  EchoHandler handler;
  HttpRig rig(handler);
  for (const FramingCase& row : framing_cases()) {
    if (row.status != 200 || row.octets.find("HTTP/1.0") != std::string::npos) continue;
    const std::string answer = exchange(rig.port(), row.octets + row.octets);
    EXPECT_EQ(handler.requests, 2U) << named(row);
    EXPECT_TRUE(body_of(body_of(answer)).ends_with(row.body)) << named(row);
    handler.requests = 0;
  }
}

TEST(Framing, BodyThatEndsEarlyIsRefused) {
  EchoHandler handler;
  HttpRig rig(handler);
  EXPECT_EQ(status_of(exchange(rig.port(), "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc")), 400);
  EXPECT_EQ(exchange(rig.port(), "POST / HTTP/1.1\r\nHost: h\r\nContent-Le"), "");
  EXPECT_EQ(handler.requests, 0U);
}

TEST(Framing, BodiesUpToTheLimitInManySegments) {
  EchoHandler handler;
  HttpRig rig(handler);
  const std::string body(65536, 'b');
  RawClient client(rig.port());
  client.send("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 65536\r\n\r\n" + body);
  EXPECT_EQ(body_of(client.read_answer()), "POST /p?|" + body);
  std::string stream = "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (size_t i = 0; i < body.size(); ++i) stream += "1\r\nb\r\n";
  client.send(stream + "0\r\n\r\n");
  EXPECT_EQ(body_of(client.read_answer()), "POST /p?|" + body);
  client.send(stream + "1\r\nb\r\n0\r\n\r\n");
  EXPECT_EQ(status_of(client.read_answer()), 413);
}

TEST(Framing, RefusalWaitsForEarlierAnswers) {
  EchoHandler handler;
  ExchangeId first;
  handler.on_request_hook = [&](const SeenRequest& seen, Responder&) {
    first = seen.id;
    return true;
  };
  HttpRig rig(handler);
  RawClient client(rig.port());
  client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nBAD\r\n\r\n");
  EXPECT_EQ(client.read_answer(200), "");
  rig.on_loop([&] { rig.loop().responder().respond(first, Response{.body = "one"}); });
  EXPECT_EQ(body_of(client.read_answer()), "one");
  EXPECT_EQ(status_of(client.read_answer()), 400);
  EXPECT_TRUE(client.closed_by_peer());
}

}  // namespace
}  // namespace signet::http
