// The public handler over a keystore in memory, and a responder that keeps every answer and every parked exchange.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "daemon/service/service.h"
#include "protocol/json/reader.h"
#include "tests/keystore/revocation/feed_entries.h"
#include "tests/support/exchange.h"
#include "tests/support/memory_keystore.h"

namespace signet {

class KeepingResponder final : public http::Responder {
 public:
  struct Answer {
    int status = 0;
    std::string fields;
    std::string body;
    JsonValue json() const {
      auto read = read_json(body, {.size_max = size_t{1} << 22});
      EXPECT_TRUE(read.has_value()) << body;
      return read ? std::move(*read) : JsonValue();
    }
    std::string text(std::string_view name) const {
      const JsonValue value = json();
      const std::string* member = value.find_string(name);
      return member != nullptr ? *member : "";
    }
    // Sequences of the entries.
    std::vector<int64_t> sequences() const {
      std::vector<int64_t> out;
      const JsonValue value = json();
      const JsonValue* entries = value.find("entries");
      if (entries == nullptr || entries->as_array() == nullptr) return out;
      for (const JsonValue& entry : *entries->as_array()) out.push_back(entry.find("seq")->as_integer().value_or(-1));
      return out;
    }
    bool more() const { return json().find("more")->as_boolean().value_or(false); }
  };

  void respond(const http::ExchangeId& id, const http::Response& response) override {
    EXPECT_EQ(answers.count(id.slot), 0U) << "one answer each";
    answers[id.slot] = {response.status, std::string(response.extra_fields), std::string(response.body)};
    parked.erase(id.slot);
  }
  void respond_serialized(const http::ExchangeId& id, std::string_view) override { respond(id, {}); }
  bool alive(const http::ExchangeId&) const override { return true; }
  void park(const http::ExchangeId& id) override { parked.insert(id.slot); }
  std::string_view date_field() override { return "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"; }

  std::map<uint32_t, Answer> answers;  // by slot
  std::set<uint32_t> parked;
};

class FeedTest : public testing::Test {
 protected:
  using Answer = KeepingResponder::Answer;
  static constexpr std::string_view kSecret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
  static constexpr std::string_view kPath = "/oauth2/revocations";
  static constexpr std::string_view kSnapshotPath = "/oauth2/revocations/snapshot";

  static void SetUpTestSuite() { ASSERT_TRUE(signing_start() && digest_start()); }

  FeedTest() {
    keystore_.add_key(JwsAlgorithm::kEdDSA);
    keystore_.feed_publisher().open(kEpoch, {});
    add_follower(kClientFeed);
    service_->set_alarm([this](uint64_t in_ms) { alarm_ms_ = in_ms; });
  }
  void add_follower(uint32_t flags, uint32_t tenant = 0) {
    keystore_.add_client({.tenant = tenant, .client_id = "rs", .grants = 0, .flags = flags}, kSecret);
  }
  // Publishes so many further entries of a tenant.
  void revoke(size_t count = 1, uint32_t tenant = 0) {
    std::vector<FeedPublisher::Addition> additions;
    for (FeedEntry& entry : entries_[tenant].next_many(count)) additions.push_back({tenant, std::move(entry)});
    keystore_.feed_publisher().add(std::move(additions));
  }
  // Asks on a slot of its own; gives it. An empty authorization is none.
  uint32_t ask(const std::string& query = {}, std::string_view path = kPath, http::Method method = http::Method::kGet) {
    http::Request request;
    request.id = {++slot_, 1, 0};
    request.method = method;
    request.path = path;
    request.query = query;
    request.has_query = !query.empty();
    if (!authorization_.empty()) request.authorization = authorization_;
    request.peer_address = "127.0.0.1";
    request.arrived_ns = monotonic_ns();
    service_->on_request(request, responder_);
    return slot_;
  }
  Answer asked(const std::string& query = {}, std::string_view path = kPath, http::Method method = http::Method::kGet) {
    return answer_to(ask(query, path, method));
  }
  // The answer after an iteration; status 0 when there is none.
  Answer answer_to(uint32_t slot) {
    iterate();
    return responder_.answers[slot];
  }
  void iterate() {
    for (int i = 0; i < 1000 && service_->after_poll(responder_); ++i) {
    }
  }
  bool waits(uint32_t slot) { return responder_.parked.contains(slot); }
  // A cursor of this feed.
  static std::string cursor(uint64_t sequence, uint64_t epoch = kEpoch, uint32_t tenant = 0) {
    const FeedCursorText text = write_feed_cursor({epoch, tenant, sequence});
    return {text.data(), text.size()};
  }
  static std::string after(uint64_t sequence) { return "after=" + cursor(sequence); }

  static constexpr uint64_t kEpoch = 0x0123456789abcdef;
  MemoryKeystore keystore_{1};
  ServiceShared shared_{ServiceSettings{.feed_waiting_max = 3}};
  WorkerMetrics metrics_;
  std::unique_ptr<Service> service_ = std::make_unique<Service>(keystore_, 0, metrics_, shared_, 100);
  KeepingResponder responder_;
  std::string authorization_ = basic_authorization("rs", kSecret);
  std::map<uint32_t, FeedEntries> entries_;
  uint32_t slot_ = 0;
  uint64_t alarm_ms_ = 0;
};

}  // namespace signet
