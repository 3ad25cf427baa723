// ServerLoopImpl: the loop itself (private to daemon/http). Split by verb: server_loop.cc (life, iteration),
// loop_accept.cc, loop_deadlines.cc, loop_drain.cc.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "daemon/http/connection.h"
#include "daemon/http/listener.h"
#include "daemon/http/loop_core.h"
#include "daemon/http/server_loop.h"

namespace signet::http {

// Loop thread only, except wake, post, drain, set_trusted_proxies, set_limits and counters.
class ServerLoopImpl final : public ServerLoop, public Responder {
 public:
  ServerLoopImpl(const Limits& limits, Handler& handler);
  ~ServerLoopImpl() override;

  std::string listen(const ListenAddress& address, bool reuse_port) override;
  uint16_t bound_port(size_t listener_index) const override;
  void set_hooks(std::function<void()> before_poll, std::function<bool()> after_poll) override;
  Responder& responder() override { return *this; }
  uv_loop_t* loop() override { return &loop_; }
  const LoopCounters& counters() const override { return core_.counters; }
  void run() override;
  void wake() override;
  void post(std::function<void()> task) override;
  void drain(uint32_t deadline_ms) override;
  void set_trusted_proxies(std::vector<std::string> addresses) override;
  void set_limits(const Limits& limits) override;

  void respond(const ExchangeId& id, const Response& response) override;
  void respond_serialized(const ExchangeId& id, std::string_view octets) override;
  bool alive(const ExchangeId& id) const override;
  void park(const ExchangeId& id) override;
  void flush() override { flush_all(); }
  std::string_view date_field() override { return core_.date.field(); }

  // Descriptor of a live exchange's connection, -1 when it is gone.
  int descriptor_of(const ExchangeId& id) const;

 private:
  static constexpr size_t kBlockSize = 64;  // connections per block; blocks never move
  struct Block {
    Connection connections[kBlockSize];
  };

  // server_loop.cc
  void before_poll();
  void after_poll();
  void flush_all();
  bool resume_all();
  void run_posted();
  void keep_awake(bool awake);
  Connection* find(const ExchangeId& id) const;
  Connection& at(uint32_t slot) const { return blocks_[slot / kBlockSize]->connections[slot % kBlockSize]; }

  // loop_accept.cc
  static void on_listener(uv_poll_t* handle, int status, int events);
  bool accept_one(Listener& listener);
  void admit(Listener& listener, int descriptor, const sockaddr_storage& from);
  bool shed_one(Listener& listener);
  void pause_accept();
  void resume_accept();
  uint32_t take_slot();
  static void on_released(LoopCore& core, Connection& connection);
  bool is_trusted(const PeerAddress& address) const;

  // loop_deadlines.cc
  void on_tick();
  void start_tick();
  void stop_tick_when_idle();

  // loop_drain.cc
  void begin_drain(uint32_t deadline_ms);
  void finish_drain_when_empty();
  void accept_the_last();
  void close_listeners();
  void close_everything();

  uv_loop_t loop_{};
  uv_prepare_t prepare_{};
  uv_check_t check_{};
  uv_idle_t idle_{};  // active while the loop must not block
  uv_async_t async_{};
  uv_timer_t tick_{};
  bool ticking_ = false;
  bool awake_ = false;
  uint64_t drain_until_ms_ = 0;

  LoopCore core_;
  std::function<void()> before_poll_hook_;
  std::function<bool()> after_poll_hook_;

  std::vector<std::unique_ptr<Listener>> listeners_;
  bool accept_paused_ = false;
  bool retry_accept_ = false;  // at the next tick: descriptors ran out
  int reserve_descriptor_ = -1;

  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<uint32_t> free_slots_;
  uint32_t connections_ = 0;
  std::vector<PeerAddress> trusted_;

  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;
  std::atomic<bool> has_posted_{false};
};

}  // namespace signet::http
