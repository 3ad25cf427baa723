// Connection: one accepted socket: reads requests, hands them to the handler, writes the answers in order.
// Split by verb: connection.cc (life), _read (octets in), _message (requests), _answer (answers in order),
// _write (octets out), _close (ends and deadlines).
#pragma once

#include <uv.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/http/address_table.h"
#include "daemon/http/buffer_pool.h"
#include "daemon/http/chunked_decoder.h"
#include "daemon/http/deadline_queue.h"
#include "daemon/http/exchange_queue.h"
#include "daemon/http/handler.h"
#include "daemon/http/response_head.h"

namespace signet::http {

struct LoopCore;

// Loop thread only. Lives in a slot that is reused: `generation` tells its lives apart. Nothing that a handler calls
// destroys it; it ends in callbacks of the loop.
class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Begins a life with an accepted non-blocking socket, which the connection owns from now on. `address` is empty for a
  // unix socket; `counted` when it was entered into the address table. False (and the socket closed) when the loop
  // cannot watch it.
  bool open(LoopCore& core, uint32_t slot, int descriptor, const std::optional<PeerAddress>& address, bool counted);

  uint32_t generation() const { return generation_; }
  uint32_t slot() const { return slot_; }
  int descriptor() const { return descriptor_; }
  bool is_open() const { return life_ == Life::kOpen; }
  bool is_waiting(uint32_t sequence) const { return is_open() && exchanges_.is_waiting(sequence); }
  const std::optional<PeerAddress>& counted_address() const { return counted_address_; }

  // Answers of the handler; no-ops for an exchange that does not wait.
  void answer(uint32_t sequence, const Response& response);
  void answer_serialized(uint32_t sequence, std::string_view octets);
  // See Responder::park.
  void park(uint32_t sequence);

  // Writes what the iteration produced: one system call for all answers.
  void flush();
  // Goes on with octets that were put aside while reading was paused.
  void resume();
  // A deadline of this connection has passed.
  void expire(Deadline kind);
  // The loop drains: ends when idle, else after what is in flight.
  void begin_drain();
  // Ends at once; unsent output is dropped.
  void abort();

 private:
  enum class Life : uint8_t { kFree, kOpen, kLingering, kClosing };
  enum class Phase : uint8_t { kHead, kBody };
  // What became of the octets of one message: `used` belong to finished messages, the rest that is still needed begins
  // there and has `keep` octets.
  struct Progress {
    size_t used = 0;
    size_t keep = 0;
    bool again = false;
  };

  static void on_poll(uv_poll_t* handle, int status, int events);
  static void on_closed(uv_handle_t* handle);
  void reset(LoopCore& core, uint32_t slot, int descriptor);

  // connection_read.cc
  void read_ready();
  void take(char* octets, size_t size);
  void take_more(const char* octets, size_t size);
  Progress process(char* octets, size_t size);
  bool may_parse() const;
  void end_of_input();
  void drop_partial();

  // connection_message.cc
  Progress read_head(char* octets, size_t size);
  Progress begin_message(char* octets, size_t size);
  Progress read_body(char* octets, size_t size);
  Progress read_sized(char* octets, size_t size);
  Progress read_chunked(char* octets, size_t size);
  Progress deliver_later(char* octets, size_t used, size_t size);
  Progress deliver(Request& request, char* octets, size_t used, size_t size);
  void describe(Request& request) const;
  void refuse_partial_head(int status);
  void refuse(int status, std::string_view description);
  void refuse_current(int status, std::string_view description, bool close);

  // connection_answer.cc
  template <typename Append>
  void put_answer(uint32_t sequence, bool close, Append append);
  bool closes_with(uint32_t sequence) const;
  void hold(uint32_t sequence, bool close, Buffer& block);
  void sent(bool close);
  void send_held();
  void drop_held();
  void drop_exchanges();
  void maybe_continue();
  void finish();
  void mark_dirty();

  // connection_write.cc
  bool write_output();
  uint64_t taken_by_peer() const;
  void arm_write_deadline();
  void settle();
  void watch();
  size_t unsent() const { return output_.size - output_sent_; }

  // connection_close.cc
  void update_read_deadline();
  void begin_linger();
  void linger_read();
  bool is_idle() const;
  Deadline read_deadline_kind() const;

  LoopCore* core_ = nullptr;
  uv_poll_t poll_{};
  int descriptor_ = -1;
  int watched_ = 0;  // events being polled for
  uint32_t slot_ = 0;
  uint32_t generation_ = 0;
  Life life_ = Life::kFree;

  Phase phase_ = Phase::kHead;
  bool chunked_ = false;
  bool keep_alive_ = true;        // of the message being read
  bool continue_wanted_ = false;  // 100 (Continue) is owed to the message being read
  bool inside_on_head_ = false;
  bool stopped_ = false;      // no further message is read: an answer that closes is on its way
  bool finished_ = false;     // that answer is in the output
  bool input_ended_ = false;  // the peer has half-closed
  bool put_aside_ = false;    // input_ holds octets not parsed because reading paused
  bool dirty_ = false;
  bool resume_queued_ = false;
  bool served_ = false;         // has had at least one answer
  uint32_t last_sequence_ = 0;  // of the closing answer, when stopped_

  Buffer input_;          // partial message; no block while there is none
  size_t scanned_ = 0;    // octets of a partial head already looked at
  size_t head_size_ = 0;  // of the message whose body is being read
  size_t body_size_ = 0;  // decoded so far (chunked) or expected (sized)
  size_t body_limit_ = 0;
  ChunkedDecoder decoder_;

  ExchangeQueue exchanges_;
  Buffer held_;  // newest of the answers given before their turn, chained
  Buffer output_;
  size_t output_sent_ = 0;

  DeadlineNode read_deadline_;
  DeadlineNode write_deadline_;
  uint32_t deadline_sequence_ = 0;  // message that read_deadline_ was armed for
  uint64_t written_ = 0;            // octets given to the kernel in this life
  uint64_t taken_ = 0;              // of those, acknowledged by the peer when write_deadline_ was armed
  size_t lingered_ = 0;             // octets discarded while lingering

  std::optional<PeerAddress> counted_address_;
  uint8_t address_size_ = 0;
  std::array<char, kAddressTextSize> address_text_{};
};

// Ten thousand idle connections must be cheap: this is all that one costs in this process.
static_assert(sizeof(Connection) <= 640);

}  // namespace signet::http
