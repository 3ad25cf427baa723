// LoopCore: what the connections of one loop share (private to daemon/http). Loop thread only.
#pragma once

#include <uv.h>

#include <memory>
#include <vector>

#include "daemon/http/address_table.h"
#include "daemon/http/buffer_pool.h"
#include "daemon/http/date_cache.h"
#include "daemon/http/deadline_queue.h"
#include "daemon/http/handler.h"
#include "daemon/http/head_check.h"
#include "daemon/http/limits.h"
#include "daemon/http/loop_counters.h"

namespace signet::http {

class Connection;

// Octets of one read: one system call takes whatever a busy peer has sent, up to this.
inline constexpr size_t kReadSize = 64 * 1024;

struct LoopCore {
  uv_loop_t* loop = nullptr;
  Handler* handler = nullptr;
  Responder* responder = nullptr;
  Limits limits;
  BufferPool pool;
  DeadlineQueue deadlines;
  LoopCounters counters;
  DateCache date;
  AddressTable addresses;
  ParsedHead head;                  // of the message being read; one at a time
  std::vector<Connection*> dirty;   // have output to flush in this iteration
  std::vector<Connection*> resume;  // may read on: parse what they had put aside
  std::unique_ptr<char[]> read_buffer = std::make_unique<char[]>(kReadSize);
  uint64_t read_ns = 0;  // when the octets being parsed arrived
  uint32_t in_flight = 0;
  bool draining = false;

  // A connection has ended and its slot may be reused. Set by the loop.
  void (*released)(LoopCore&, Connection&) = nullptr;
  void* owner = nullptr;
};

}  // namespace signet::http
