// Ordinary exchanges: persistence, bodies, HEAD, 100-continue, order of pipelined answers.
#include <gtest/gtest.h>

#include <map>
#include <mutex>

#include "tests/daemon/http/http_rig.h"

namespace signet::http {
namespace {

using namespace std::string_literals;

TEST(Exchange, AnswersGetAndKeepsTheConnection) {
  EchoHandler handler;
  HttpRig rig(handler);
  RawClient client(rig.port());
  for (int i = 0; i < 3; ++i) {
    client.send("GET /a/b?x=1 HTTP/1.1\r\nHost: h\r\n\r\n");
    const std::string answer = client.read_answer();
    EXPECT_EQ(status_of(answer), 200);
    EXPECT_EQ(body_of(answer), "GET /a/b?x=1|");
    EXPECT_NE(answer.find("\r\nDate: "), std::string::npos);
    EXPECT_EQ(answer.find("Connection"), std::string::npos);
  }
  EXPECT_EQ(rig.counters().connections_accepted.read(), 1U);
  EXPECT_EQ(rig.counters().requests.read(), 3U);
}

TEST(Exchange, PostWithoutLengthHasAnEmptyBody) {  // RFC 9112 6.3 item 7
  EchoHandler handler;
  HttpRig rig(handler);
  RawClient client(rig.port());
  client.send("POST /t HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(body_of(client.read_answer()), "POST /t?|");
}

TEST(Exchange, HeadCountsTheBodyAndSendsNone) {  // RFC 9110 9.3.2
  EchoHandler handler;
  HttpRig rig(handler);
  RawClient client(rig.port());
  client.send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\nGET /y HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string first = client.read_answer(5000, true);
  EXPECT_NE(first.find("Content-Length: 9\r\n"), std::string::npos);
  EXPECT_EQ(body_of(client.read_answer()), "GET /y?|");
}

TEST(Exchange, ClosesAfterConnectionCloseAndReadsNothingBehindIt) {  // RFC 9112 9.6
  EchoHandler handler;
  HttpRig rig(handler);
  const std::string all = exchange(rig.port(),
                                   "GET /1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
                                   "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(all.find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(body_of(all), "GET /1?|");
  EXPECT_EQ(handler.requests, 1U);
}

TEST(Exchange, OldVersionClosesUnlessAskedToStay) {  // RFC 9112 appendix C.2.2
  EchoHandler handler;
  HttpRig rig(handler);
  RawClient closing(rig.port());
  closing.send("GET /1 HTTP/1.0\r\n\r\n");
  EXPECT_NE(closing.read_all().find("Connection: close\r\n"), std::string::npos);
  RawClient staying(rig.port());
  for (int i = 0; i < 2; ++i) {
    staying.send("GET /1 HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
    EXPECT_NE(staying.read_answer().find("Connection: keep-alive\r\n"), std::string::npos);
  }
}

TEST(Exchange, AnswersHalfClosedPeer) {
  EchoHandler handler;
  HttpRig rig(handler);
  EXPECT_EQ(body_of(exchange(rig.port(), "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n")), "GET /1?|");
}

TEST(Exchange, ContinueComesOnceTheHeadIsAccepted) {  // RFC 9110 10.1.1
  EchoHandler handler;
  HttpRig rig(handler);
  RawClient client(rig.port());
  client.send("POST /t HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n");
  EXPECT_EQ(client.read_answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(handler.heads, 1U);
  EXPECT_EQ(handler.requests, 0U);
  client.send("abc");
  EXPECT_EQ(body_of(client.read_answer()), "POST /t?|abc");
}

TEST(Exchange, ContinueIsNotSentToTheOldVersionOrWithoutBody) {
  EchoHandler handler;
  HttpRig rig(handler);
  RawClient client(rig.port());
  client.send("POST /t HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(status_of(client.read_answer()), 200);
  client.send("POST /t HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_answer(200), "");
  client.send("z");
  EXPECT_EQ(status_of(client.read_answer()), 200);
}

TEST(Exchange, ContinueWaitsForEarlierAnswers) {
  EchoHandler handler;
  ExchangeId first;
  handler.on_request_hook = [&](const SeenRequest& seen, Responder&) {
    if (seen.path != "/1") return false;
    first = seen.id;
    return true;
  };
  HttpRig rig(handler);
  RawClient client(rig.port());
  client.send(
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"
      "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_answer(200), "");
  rig.on_loop([&] { rig.loop().responder().respond(first, Response{.body = "one"}); });
  EXPECT_EQ(body_of(client.read_answer()), "one");
  EXPECT_EQ(client.read_answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("abc");
  EXPECT_EQ(body_of(client.read_answer()), "POST /2?|abc");
}

// Collects exchanges and answers them in the order asked for.
struct Postponed {
  std::mutex mutex;
  std::map<std::string, ExchangeId> ids;
  bool take(const SeenRequest& seen) {
    const std::lock_guard lock(mutex);
    ids[seen.path] = seen.id;
    return true;
  }
  size_t count() {
    const std::lock_guard lock(mutex);
    return ids.size();
  }
};

TEST(Pipelining, AnswersLeaveInRequestOrderWhateverTheHandlersOrder) {  // RFC 9112 9.3.2
  EchoHandler handler;
  Postponed postponed;
  handler.on_request_hook = [&](const SeenRequest& seen, Responder&) { return postponed.take(seen); };
  HttpRig rig(handler);
  RawClient client(rig.port());
  client.send(
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: h\r\n\r\n"
      "GET /3 HTTP/1.1\r\nHost: h\r\n\r\nGET /4 HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(HttpRig::eventually([&] { return postponed.count() == 4; }));
  const auto answer = [&](const std::string& path) {
    rig.on_loop([&] {
      rig.loop().responder().respond_serialized(postponed.ids[path],
                                                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + path);
    });
  };
  answer("/4");
  answer("/2");
  answer("/3");
  EXPECT_EQ(client.read_answer(100), "");
  answer("/1");
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
  EXPECT_EQ(client.read_answer(), head + "/1");
  EXPECT_EQ(client.read_answer(5000, true), head);
  EXPECT_EQ(client.read_answer(), head + "/3");
  EXPECT_EQ(client.read_answer(), head + "/4");
  EXPECT_EQ(rig.counters().in_flight.read(), 0U);
}

TEST(Pipelining, SecondAnswerToOneExchangeIsIgnored) {
  EchoHandler handler;
  handler.on_request_hook = [](const SeenRequest& seen, Responder& responder) {
    responder.respond(seen.id, Response{.body = "first"});
    responder.respond(seen.id, Response{.body = "second"});
    return true;
  };
  HttpRig rig(handler);
  EXPECT_EQ(body_of(exchange(rig.port(), "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n")), "first");
}

TEST(Pipelining, ReadingPausesAtTheDepthAndGoesOn) {
  EchoHandler handler;
  std::vector<ExchangeId> waiting;
  handler.on_request_hook = [&](const SeenRequest& seen, Responder&) {
    waiting.push_back(seen.id);
    return true;
  };
  Limits limits;
  limits.pipeline_depth_max = 4;
  HttpRig rig(handler, limits);
  RawClient client(rig.port());
  std::string many;
  for (int i = 0; i < 10; ++i) many += "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n";
  client.send(many);
  ASSERT_TRUE(HttpRig::eventually([&] { return handler.requests == 4; }));
  client.send(many);
  size_t answered = 0;
  while (answered < 20) {
    ASSERT_TRUE(HttpRig::eventually([&] { return handler.requests > answered; }));
    rig.on_loop([&] {
      EXPECT_LE(waiting.size(), 4U);
      for (const ExchangeId& id : waiting) rig.loop().responder().respond(id, Response{.body = "x"});
      answered += waiting.size();
      waiting.clear();
    });
  }
  for (int i = 0; i < 20; ++i) EXPECT_EQ(body_of(client.read_answer()), "x");
}

TEST(Pipelining, AnswerThatClosesEndsTheExchangesBehindIt) {
  EchoHandler handler;
  handler.on_request_hook = [](const SeenRequest& seen, Responder& responder) {
    if (seen.path != "/2") return seen.path != "/1";
    responder.respond(seen.id, Response{.body = "last", .close = true});
    return true;
  };
  HttpRig rig(handler);
  const std::string all = exchange(rig.port(),
                                   "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n"
                                   "GET /3 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(all.find("GET /1?|"), std::string::npos);
  EXPECT_TRUE(all.ends_with("last"));
  EXPECT_TRUE(HttpRig::eventually([&] { return rig.counters().in_flight.read() == 0; }));
}

TEST(Exchange, HandlerMayAnswerAtTheHeadAndTheBodyIsNotRead) {
  EchoHandler handler;
  handler.on_head_hook = [](const Request& request, Responder& responder) -> std::optional<size_t> {
    responder.respond(request.id, Response{.status = 401, .body = "no"});
    return std::nullopt;
  };
  HttpRig rig(handler);
  const std::string all =
      exchange(rig.port(), "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabcdeGET /2 HTTP/1.1\r\n\r\n");
  EXPECT_EQ(status_of(all), 401);
  EXPECT_TRUE(all.ends_with("no"));
  EXPECT_NE(all.find("Connection: close"), std::string::npos);
  EXPECT_EQ(handler.requests, 0U);
}

TEST(Exchange, AnswerToAGoneConnectionIsIgnored) {
  EchoHandler handler;
  ExchangeId id;
  handler.on_request_hook = [&](const SeenRequest& seen, Responder&) {
    id = seen.id;
    return true;
  };
  HttpRig rig(handler);
  {
    RawClient client(rig.port());
    client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
    ASSERT_TRUE(HttpRig::eventually([&] { return handler.requests == 1; }));
    const linger at_once{1, 0};
    setsockopt(client.descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  EXPECT_TRUE(HttpRig::eventually([&] { return rig.counters().connections_open.read() == 0; }));
  RawClient other(rig.port());  // takes the same slot
  other.send("GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(HttpRig::eventually([&] { return handler.requests == 2; }));
  rig.on_loop([&] {
    ExchangeId stale = id;
    stale.generation -= 1;
    EXPECT_FALSE(rig.loop().responder().alive(stale));
    rig.loop().responder().respond(stale, Response{.body = "stale"});
    EXPECT_TRUE(rig.loop().responder().alive(id));
    rig.loop().responder().respond(id, Response{.body = "fresh"});
  });
  EXPECT_EQ(body_of(other.read_answer()), "fresh");
}

TEST(Exchange, LargeAnswerArrivesWhole) {
  EchoHandler handler;
  const std::string large(3'000'000, 'q');
  handler.on_request_hook = [&](const SeenRequest& seen, Responder& responder) {
    responder.respond(seen.id, Response{.body = large});
    return true;
  };
  HttpRig rig(handler);
  RawClient client(rig.port(), 4096);
  client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(body_of(client.read_answer()), large);
}

}  // namespace
}  // namespace signet::http
