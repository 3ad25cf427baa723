// Limits: attackers are cut while an honest client is served.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "daemon/http/address_table.h"
#include "tests/daemon/http/http_rig.h"

namespace signet::http {
namespace {

using Clock = std::chrono::steady_clock;

int64_t elapsed_ms(Clock::time_point since) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - since).count();
}

uint64_t cut(const HttpRig& rig, Deadline deadline) {
  return rig.counters().deadlines[static_cast<size_t>(deadline)].read();
}

// One exchange of an honest client; its status.
int honest(RawClient& client) {
  client.send("POST /t HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
  return status_of(client.read_answer());
}

Limits short_deadlines() {
  Limits limits;
  limits.head_deadline_ms = 400;
  limits.body_deadline_ms = 400;
  limits.write_stall_ms = 400;
  return limits;
}

// Drips `slow` octet by octet until cut; the answer. An idle time-out, reset by each octet, would never end this.
std::string drip(HttpRig& rig, RawClient& attacker, std::string_view start, char slow, RawClient& friendly) {
  attacker.send(start);
  const auto began = Clock::now();
  std::string answer;
  while (elapsed_ms(began) < 3000 && answer.empty()) {
    attacker.send({&slow, 1});
    EXPECT_EQ(honest(friendly), 200);
    answer = attacker.read_answer(50);
  }
  EXPECT_GE(elapsed_ms(began), 350);
  EXPECT_LE(elapsed_ms(began), 1500);
  (void)rig;
  return answer;
}

TEST(Limits, SlowHeadIsCutWhileAnHonestClientIsServed) {
  EchoHandler handler;
  HttpRig rig(handler, short_deadlines());
  RawClient friendly(rig.port());
  RawClient attacker(rig.port());
  const std::string answer = drip(rig, attacker, "GET / HTTP/1.1\r\nHost: h\r\nX: ", 'a', friendly);
  EXPECT_EQ(status_of(answer), 408);
  EXPECT_TRUE(attacker.closed_by_peer());
  EXPECT_EQ(cut(rig, Deadline::kHead), 1U);
}

TEST(Limits, SlowBodyIsCutWhileAnHonestClientIsServed) {
  EchoHandler handler;
  HttpRig rig(handler, short_deadlines());
  RawClient friendly(rig.port());
  RawClient attacker(rig.port());
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n";
  EXPECT_EQ(status_of(drip(rig, attacker, head, 'a', friendly)), 408);
  EXPECT_TRUE(attacker.closed_by_peer());
  EXPECT_EQ(cut(rig, Deadline::kBody), 1U);
}

TEST(Limits, SlowChunkedBodyIsCut) {
  EchoHandler handler;
  HttpRig rig(handler, short_deadlines());
  RawClient friendly(rig.port());
  RawClient attacker(rig.port());
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n";
  EXPECT_EQ(status_of(drip(rig, attacker, head, 'a', friendly)), 408);
}

TEST(Limits, SecondSlowMessageOfAConnectionIsCutToo) {
  EchoHandler handler;
  HttpRig rig(handler, short_deadlines());
  RawClient friendly(rig.port());
  RawClient attacker(rig.port());
  EXPECT_EQ(honest(attacker), 200);
  attacker.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  // The end of one message and the start of the next in one segment: the next one's time begins there.
  attacker.send("xPOST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n");
  EXPECT_EQ(status_of(attacker.read_answer()), 200);
  EXPECT_EQ(status_of(drip(rig, attacker, "", 'a', friendly)), 408);
}

TEST(Limits, PeerThatDoesNotReadIsCutWhileAnHonestClientIsServed) {
  EchoHandler handler;
  const std::string large(8'000'000, 'q');
  handler.on_request_hook = [&](const SeenRequest& seen, Responder& responder) {
    if (seen.path != "/large") return false;
    responder.respond(seen.id, Response{.body = large});
    return true;
  };
  HttpRig rig(handler, short_deadlines());
  RawClient friendly(rig.port());
  RawClient attacker(rig.port(), 4096);
  attacker.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto began = Clock::now();
  while (cut(rig, Deadline::kWrite) == 0 && elapsed_ms(began) < 5000) {
    char octet = 0;
    (void)recv(attacker.descriptor(), &octet, 1, MSG_DONTWAIT);  // one octet now and then is not reading
    ASSERT_EQ(honest(friendly), 200);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(cut(rig, Deadline::kWrite), 1U);
  EXPECT_TRUE(HttpRig::eventually([&] { return rig.counters().connections_open.read() == 1; }));
}

struct SlowRead {
  size_t octets = 0;
  int64_t longest_pause_ms = 0;
};

// Reads a little now and then until there are `octets`, or the peer ends it.
SlowRead read_slowly(RawClient& client, size_t octets) {
  SlowRead read;
  std::vector<char> buffer(100'000);
  auto last = Clock::now();
  while (read.octets < octets) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const ssize_t part = recv(client.descriptor(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (part == 0 || (part < 0 && errno != EAGAIN)) break;
    read.longest_pause_ms = std::max(read.longest_pause_ms, elapsed_ms(last));
    last = Clock::now();
    if (part > 0) read.octets += static_cast<size_t>(part);
  }
  return read;
}

TEST(Limits, PeerThatReadsSlowlyButSteadilyIsServed) {
  EchoHandler handler;
  const std::string large(6'000'000, 'q');
  handler.on_request_hook = [&](const SeenRequest& seen, Responder& responder) {
    responder.respond(seen.id, Response{.body = large});
    return true;
  };
  for (int attempt = 0; attempt < 10; ++attempt) {
    HttpRig rig(handler, short_deadlines());
    RawClient client(rig.port(), 64 * 1024);
    client.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
    const SlowRead read = read_slowly(client, large.size());
    // On a machine that stood still this peer was not steady: once more.
    if (read.longest_pause_ms > 100) continue;
    EXPECT_EQ(cut(rig, Deadline::kWrite), 0U);
    EXPECT_GE(read.octets, large.size());
    return;
  }
  GTEST_SKIP() << "this machine stands still too often to read steadily";
}

TEST(Limits, PipeliningPeerThatDoesNotReadIsPausedAndCut) {
  EchoHandler handler;
  const std::string body(60'000, 'b');
  Limits limits = short_deadlines();
  HttpRig rig(handler, limits);
  RawClient attacker(rig.port(), 4096);
  const std::string request = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n" + body;
  std::thread sender([&] {
    while (attacker.send(request)) {
    }
  });
  sender.join();  // ends because the connection is reset
  EXPECT_EQ(cut(rig, Deadline::kWrite), 1U);
}

TEST(Limits, IdleConnectionIsClosedSilently) {
  EchoHandler handler;
  Limits limits = short_deadlines();
  limits.idle_ms = 300;
  HttpRig rig(handler, limits);
  RawClient fresh(rig.port());
  RawClient used(rig.port());
  EXPECT_EQ(honest(used), 200);
  EXPECT_EQ(fresh.read_all(2000), "");
  EXPECT_EQ(used.read_all(2000), "");
  EXPECT_EQ(cut(rig, Deadline::kIdle), 2U);
}

TEST(Limits, WaitingForTheHandlerIsNotIdleness) {
  EchoHandler handler;
  ExchangeId id;
  handler.on_request_hook = [&](const SeenRequest& seen, Responder&) {
    id = seen.id;
    return true;
  };
  Limits limits = short_deadlines();
  limits.idle_ms = 200;
  HttpRig rig(handler, limits);
  RawClient client(rig.port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(800));
  rig.on_loop([&] { rig.loop().responder().respond(id, Response{.body = "late"}); });
  EXPECT_EQ(body_of(client.read_answer()), "late");
}

TEST(Limits, NewcomerOverTheAddressLimitIsClosedAndOthersStay) {
  EchoHandler handler;
  Limits limits;
  limits.connections_per_address_max = 2;
  HttpRig rig(handler, limits);
  RawClient first(rig.port());
  EXPECT_EQ(honest(first), 200);
  {
    RawClient second(rig.port());
    EXPECT_EQ(honest(second), 200);
    RawClient third(rig.port());
    EXPECT_TRUE(third.closed_by_peer());
  }
  EXPECT_EQ(rig.counters().refused_address.read(), 1U);
  ASSERT_TRUE(HttpRig::eventually([&] { return rig.counters().connections_open.read() == 1; }));
  RawClient fourth(rig.port());
  EXPECT_EQ(honest(fourth), 200);
  EXPECT_EQ(honest(first), 200);
}

TEST(Limits, TrustedProxyIsExemptFromTheAddressLimit) {
  EchoHandler handler;
  Limits limits;
  limits.connections_per_address_max = 1;
  HttpRig rig(handler, limits);
  rig.loop().set_trusted_proxies({"127.0.0.1"});
  rig.on_loop([] {});
  RawClient first(rig.port());
  RawClient second(rig.port());
  EXPECT_EQ(honest(first), 200);
  EXPECT_EQ(honest(second), 200);
}

// What rate limits count is what the limit of connections counts.
std::optional<uint64_t> network_seen(bool trusted, ListenAddress address = {.host = "127.0.0.1"}) {
  EchoHandler handler;
  std::optional<uint64_t> seen;
  handler.on_head_hook = [&](const Request& request, Responder&) {
    seen = request.peer_network;
    return std::optional<size_t>(64);
  };
  HttpRig rig(handler, {}, address);
  if (trusted) rig.loop().set_trusted_proxies({"127.0.0.1"});
  rig.on_loop([] {});
  RawClient client = address.kind == ListenAddress::Kind::kUnix ? RawClient(address.path) : RawClient(rig.port());
  EXPECT_EQ(honest(client), 200);
  return seen;
}

TEST(Limits, PeersHaveANetworkUnlessTheyAreProxiesOrLocal) {
  EXPECT_EQ(network_seen(false), network_number(*parse_peer_address("127.0.0.1")));
  EXPECT_EQ(network_seen(true), std::nullopt);
  const std::string path = testing::TempDir() + "signet-network-" + std::to_string(getpid()) + ".sock";
  EXPECT_EQ(network_seen(false, {.kind = ListenAddress::Kind::kUnix, .path = path}), std::nullopt);
}

TEST(Limits, ANetworkIsAnIpv4AddressOrAnIpv6SubscribersPrefix) {
  const auto number = [](std::string_view text) { return network_number(*parse_peer_address(text)); };
  EXPECT_NE(number("192.0.2.1"), number("192.0.2.2"));
  EXPECT_EQ(number("192.0.2.1"), number("::ffff:192.0.2.1"));
  EXPECT_EQ(number("2001:db8:0:1::1"), number("2001:db8:0:1:ffff::"));
  EXPECT_NE(number("2001:db8:0:1::1"), number("2001:db8:0:2::1"));
  EXPECT_NE(number("::1"), number("0.0.0.1"));
}

TEST(Limits, AcceptPausesAtTheTotalAndResumes) {
  EchoHandler handler;
  Limits limits;
  limits.connections_max = 2;
  HttpRig rig(handler, limits);
  RawClient waiting(rig.port());
  EXPECT_EQ(honest(waiting), 200);
  {
    RawClient second(rig.port());
    EXPECT_EQ(honest(second), 200);
    RawClient third(rig.port());  // in the backlog
    third.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(third.read_answer(300), "");
    EXPECT_EQ(rig.counters().accept_pauses.read(), 1U);
    second.half_close();
    EXPECT_TRUE(second.closed_by_peer());
    EXPECT_EQ(status_of(third.read_answer()), 200);
  }
  EXPECT_EQ(honest(waiting), 200);
}

TEST(Limits, InFlightCapAnswersBeforeTheHandlerIsAsked) {
  EchoHandler handler;
  ExchangeId id;
  handler.on_request_hook = [&](const SeenRequest& seen, Responder&) {
    if (seen.path != "/hold") return false;
    id = seen.id;
    return true;
  };
  Limits limits;
  limits.in_flight_max = 1;
  HttpRig rig(handler, limits);
  RawClient holder(rig.port());
  holder.send("GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(HttpRig::eventually([&] { return rig.counters().in_flight.read() == 1; }));
  RawClient other(rig.port());
  other.send("POST /t HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
  const std::string busy = other.read_answer();
  EXPECT_EQ(status_of(busy), 503);
  EXPECT_NE(busy.find("Retry-After: 1\r\n"), std::string::npos);
  EXPECT_TRUE(body_of(busy).starts_with("{\"error\":\"temporarily_unavailable\""));
  EXPECT_EQ(handler.heads, 1U);
  rig.on_loop([&] { rig.loop().responder().respond(id, Response{.body = "held"}); });
  EXPECT_EQ(body_of(holder.read_answer()), "held");
  EXPECT_EQ(honest(other), 200);  // the refused peer keeps its connection
}

TEST(Limits, HandlersBodyLimitIsApplied) {
  EchoHandler handler;
  handler.body_limit = 5;
  HttpRig rig(handler);
  EXPECT_EQ(status_of(exchange(rig.port(), "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabcdef")), 413);
  EXPECT_EQ(status_of(exchange(rig.port(), "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabcde")), 200);
  EXPECT_EQ(rig.counters().refusals[2].read(), 1U);  // 413
}

// A refused peer that is still sending must be able to read why: closing with unread octets would reset it.
TEST(Limits, RefusalReachesAPeerThatIsStillSending) {
  EchoHandler handler;
  HttpRig rig(handler);
  for (int i = 0; i < 20; ++i) {
    RawClient client(rig.port());
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" + std::string(300'000, 'x'));
    EXPECT_EQ(status_of(client.read_answer()), 413);
  }
}

TEST(Limits, LingeringPeerIsCut) {
  EchoHandler handler;
  Limits limits;
  limits.linger_ms = 200;
  HttpRig rig(handler, limits);
  RawClient client(rig.port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(status_of(client.read_answer()), 200);
  EXPECT_TRUE(HttpRig::eventually([&] { return rig.counters().connections_open.read() == 0; }));
  EXPECT_EQ(cut(rig, Deadline::kLinger), 1U);
}

TEST(Limits, ChangedLimitsHoldForTheNextRequest) {
  EchoHandler handler;
  HttpRig rig(handler);
  RawClient client(rig.port());
  const std::string request = "GET /" + std::string(100, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n";
  client.send(request);
  EXPECT_EQ(status_of(client.read_answer()), 200);
  Limits limits;
  limits.target_size_max = 50;
  rig.loop().set_limits(limits);
  rig.on_loop([] {});
  client.send(request);
  EXPECT_EQ(status_of(client.read_answer()), 414);
}

TEST(Limits, TwoThousandIdleConnectionsCostLittleAndDoNotSlowOthers) {
  EchoHandler handler;
  Limits limits;
  limits.connections_per_address_max = 0;
  HttpRig rig(handler, limits);
  std::vector<RawClient> idle;
  idle.reserve(2000);
  for (int i = 0; i < 2000; ++i) {
    idle.emplace_back(rig.port());
    if (i % 2 == 0) {
      ASSERT_EQ(honest(idle.back()), 200);
    }
  }
  ASSERT_TRUE(HttpRig::eventually([&] { return rig.counters().connections_open.read() == 2000; }));
  RawClient client(rig.port());
  const auto began = Clock::now();
  for (int i = 0; i < 500; ++i) ASSERT_EQ(honest(client), 200);
  EXPECT_LT(elapsed_ms(began), 2000);
  for (size_t i = 0; i < idle.size(); i += 100) EXPECT_EQ(honest(idle[i]), 200);
}

}  // namespace
}  // namespace signet::http
