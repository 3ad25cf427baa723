// Parked exchanges: they hold up nobody, outlive the deadlines of messages, and go with their peer.
#include <gtest/gtest.h>

#include <mutex>

#include "tests/daemon/http/http_rig.h"

namespace signet::http {
namespace {

constexpr std::string_view kPoll = "GET /poll HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view kOrdinary = "GET /t HTTP/1.1\r\nHost: h\r\n\r\n";

// Parks what asks for /poll.
class ParkingHandler : public EchoHandler {
 public:
  ParkingHandler() {
    on_request_hook = [this](const SeenRequest& seen, Responder& responder) {
      if (seen.path != "/poll") return false;
      parked_.push_back(seen.id);
      responder.park(seen.id);
      ++parked;
      return true;
    };
  }
  void on_gone(const ExchangeId& id) override {
    gone_id = id;
    ++gone;
  }
  void on_drain(Responder& responder) override { answer_all(responder); }
  // Loop thread.
  void answer_all(Responder& responder) {
    for (const ExchangeId& id : parked_) responder.respond(id, Response{.content_type = "text/plain", .body = "woken"});
    parked_.clear();
  }

  std::atomic<uint32_t> parked{0};
  std::atomic<uint32_t> gone{0};
  ExchangeId gone_id;

 private:
  std::vector<ExchangeId> parked_;
};

class ParkTest : public testing::Test {
 protected:
  static Limits limits() {
    Limits limits;
    limits.idle_ms = limits.body_deadline_ms = limits.head_deadline_ms = limits.write_stall_ms = 300;
    limits.in_flight_max = 2;
    limits.linger_ms = 100;
    return limits;
  }
  void park(RawClient& client, uint32_t count = 1) {
    const uint32_t before = handler_.parked;
    ASSERT_TRUE(client.send(kPoll));
    ASSERT_TRUE(HttpRig::eventually([&] { return handler_.parked == before + count; }));
  }
  void wake() {
    rig_.on_loop([this] { handler_.answer_all(rig_.loop().responder()); });
  }
  ParkingHandler handler_;
  HttpRig rig_{handler_, limits()};
};

TEST_F(ParkTest, TheyDoNotCountAsInFlight) {
  std::vector<RawClient> pollers;
  for (int i = 0; i < 5; ++i) {
    pollers.emplace_back(rig_.port());
    park(pollers.back());
  }
  EXPECT_TRUE(HttpRig::eventually([&] { return rig_.counters().in_flight.read() == 0; }));
  RawClient friendly(rig_.port());
  friendly.send(kOrdinary);
  EXPECT_EQ(status_of(friendly.read_answer()), 200);
  wake();
  for (RawClient& poller : pollers) EXPECT_EQ(body_of(poller.read_answer()), "woken");
  EXPECT_EQ(rig_.counters().in_flight.read(), 0U) << "an answer must not be counted off twice";
}

TEST_F(ParkTest, NoDeadlineEndsThem) {
  RawClient poller(rig_.port());
  park(poller);
  std::this_thread::sleep_for(std::chrono::milliseconds(800));
  EXPECT_EQ(handler_.gone, 0U);
  wake();
  EXPECT_EQ(body_of(poller.read_answer()), "woken");
}

TEST_F(ParkTest, AfterItsAnswerTheConnectionIsIdleAsEver) {
  RawClient poller(rig_.port());
  park(poller);
  wake();
  EXPECT_EQ(body_of(poller.read_answer()), "woken");
  EXPECT_TRUE(poller.closed_by_peer(3000)) << "idle_ms ends it";
}

TEST_F(ParkTest, APeerThatHangsUpFreesItsSlot) {
  {
    RawClient poller(rig_.port());
    park(poller);
  }
  EXPECT_TRUE(HttpRig::eventually([&] { return handler_.gone == 1; }));
  EXPECT_TRUE(HttpRig::eventually([&] { return rig_.counters().connections_open.read() == 0; }));
  wake();
  EXPECT_EQ(handler_.gone, 1U);
}

TEST_F(ParkTest, APeerThatHalfClosesCountsAsGone) {
  RawClient poller(rig_.port());
  park(poller);
  poller.half_close();
  EXPECT_TRUE(HttpRig::eventually([&] { return handler_.gone == 1; }));
  EXPECT_TRUE(poller.closed_by_peer());
}

TEST_F(ParkTest, PipelinedOnesAreGoneOneByOne) {
  {
    RawClient poller(rig_.port());
    park(poller);
    park(poller);
    park(poller);
  }
  EXPECT_TRUE(HttpRig::eventually([&] { return handler_.gone == 3; }));
}

TEST_F(ParkTest, AnswersBehindAParkedOneWaitForTheirTurn) {
  RawClient poller(rig_.port());
  park(poller);
  poller.send(kOrdinary);
  EXPECT_EQ(poller.read_answer(200), "") << "answers leave in request order";
  wake();
  EXPECT_EQ(body_of(poller.read_answer()), "woken");
  EXPECT_EQ(status_of(poller.read_answer()), 200);
}

TEST_F(ParkTest, APeerThatHangsUpWithAnAnswerHeldIsGoneToo) {
  {
    RawClient poller(rig_.port());
    park(poller);
    poller.send(kOrdinary);
    EXPECT_EQ(poller.read_answer(100), "");
  }
  EXPECT_TRUE(HttpRig::eventually([&] { return handler_.gone == 1; }));
}

TEST_F(ParkTest, ADrainAnswersThemAtOnce) {
  RawClient poller(rig_.port());
  park(poller);
  rig_.loop().drain(10'000);
  const std::string answer = poller.read_answer();
  EXPECT_EQ(body_of(answer), "woken");
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  EXPECT_TRUE(HttpRig::eventually([&] { return rig_.ended.load(); }));
}

TEST_F(ParkTest, ParkingWhatIsNotThereDoesNothing) {
  RawClient poller(rig_.port());
  park(poller);
  rig_.on_loop([&] { rig_.loop().responder().park({999'999, 1, 0}); });
  EXPECT_EQ(rig_.counters().in_flight.read(), 0U) << "counted off once too often";
  EXPECT_EQ(handler_.gone, 0U);
  wake();
  EXPECT_EQ(body_of(poller.read_answer()), "woken");
}

}  // namespace
}  // namespace signet::http
