// Workload: what one worker of the generator sends, and what it takes for a good answer. One object per worker.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace signet::load {

// One worker's part of a run.
struct Share {
  unsigned worker = 0;
  unsigned workers = 1;
  unsigned first_connection = 0;  // this worker's connection n is number first_connection + n of all
  unsigned connections = 1;
};

// What an answer was worth. Texts of static storage.
struct Judgement {
  std::string_view fault;  // what is wrong with it; empty = good
  bool ends = false;       // nothing can follow on this connection: counted even when it falls into the warm-up
};

// Used by its worker's thread only. Does not allocate per request once its buffers have grown to what they hold.
class Workload {
 public:
  virtual ~Workload() = default;

  // next gives the request that `connection` (numbered within the worker) sends now. Empty: it has nothing more to send
  // and is asked no more. Borrowed until the next call of any function.
  virtual std::string_view next(uint32_t connection) = 0;
  // judge is told the answer to that request. A connection that was lost instead is not judged: next is asked again.
  // `body` is empty unless the workload reads bodies.
  virtual Judgement judge(uint32_t connection, int status, std::string_view body) = 0;
  virtual bool reads_bodies() const { return false; }
  // Why a connection had nothing more to send; part of a sentence, static storage.
  virtual std::string_view why_ended() const { return "nothing was left to send"; }
};

// Makes the workload of one share; called once per worker, on the main thread.
using WorkloadFactory = std::function<std::unique_ptr<Workload>(const Share&)>;

// Any 2xx is good.
constexpr Judgement judge_by_class(int status) {
  return status / 100 == 2 ? Judgement{} : Judgement{.fault = "not 2xx"};
}

}  // namespace signet::load
