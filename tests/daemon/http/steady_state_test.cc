// The steady path asks the allocator for nothing: malloc and its relatives are interposed and counted on the loop's
// thread. Not built with sanitizers, which bring allocators of their own.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "tests/daemon/http/http_rig.h"

namespace {
thread_local bool counting = false;
std::atomic<uint64_t> allocations{0};
void count() {
  if (counting) allocations.fetch_add(1, std::memory_order_relaxed);
}
}  // namespace

extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* block, size_t size);
void __libc_free(void* block);
void* malloc(size_t size) {
  count();
  return __libc_malloc(size);
}
void* calloc(size_t number, size_t size) {
  count();
  return __libc_calloc(number, size);
}
void* realloc(void* block, size_t size) {
  count();
  return __libc_realloc(block, size);
}
void free(void* block) {
  if (block != nullptr) count();
  __libc_free(block);
}
}

namespace signet::http {
namespace {

class FixedHandler : public Handler {
 public:
  std::optional<size_t> on_head(const Request&, Responder&) override { return 1024; }
  void on_request(const Request& request, Responder& responder) override {
    if (request.path == "/later") {
      held = request.id;
      return;
    }
    responder.respond(request.id, Response{.content_type = "text/plain", .body = "ok"});
    // Gives the answer that came late, so that the other one had to be held.
    if (held) responder.respond(*held, Response{.content_type = "text/plain", .body = "ok"});
    held.reset();
  }
  std::optional<ExchangeId> held;
};

TEST(SteadyState, KeepAliveRequestsDoNotAllocate) {
  FixedHandler handler;
  auto loop = ServerLoop::create({}, handler);
  ASSERT_EQ(loop->listen({.host = "127.0.0.1"}, false), "");
  std::thread thread([&] { loop->run(); });
  RawClient client(loop->bound_port(0));
  const std::string whole = "POST /t HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
  const std::string held = "GET /later HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string chunked = "POST /t HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  const auto round = [&] {
    client.send(whole);
    ASSERT_EQ(status_of(client.read_answer()), 200);
    client.send(whole.substr(0, 20));  // a partial message
    client.send(whole.substr(20) + chunked + held + whole);
    for (int i = 0; i < 4; ++i) ASSERT_EQ(status_of(client.read_answer()), 200);
  };
  for (int i = 0; i < 10; ++i) round();
  const auto switch_counting = [&](bool on) {
    std::atomic<bool> done{false};
    loop->post([&] {
      counting = on;
      done = true;
    });
    while (!done) sched_yield();
    // The task itself is freed after it ran: that is over once the next exchange is.
    round();
    if (on) allocations = 0;
  };
  switch_counting(true);
  // How the segments of a round fall into reads varies, so that the pool may still grow by a block once in a while at
  // first; from then on there is nothing.
  uint64_t fewest = UINT64_MAX;
  for (int window = 0; window < 3; ++window) {
    allocations = 0;
    for (int i = 0; i < 1000; ++i) round();
    EXPECT_LE(allocations.load(), 4U);
    fewest = std::min(fewest, allocations.load());
  }
  EXPECT_EQ(fewest, 0U);
  switch_counting(false);
  loop->drain(0);
  thread.join();
}

}  // namespace
}  // namespace signet::http
