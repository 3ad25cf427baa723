// BatchWorkload: introspection of many tokens in one request.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "tools/load/picker.h"
#include "tools/load/request_set.h"
#include "tools/load/token_list.h"
#include "tools/load/workload.h"

namespace signet::load {

// What the batches of a run are made of. Immutable, shared by the workers.
struct BatchPlan {
  std::shared_ptr<const TokenList> tokens;  // without characters that JSON escapes
  PickPlan pick;
  size_t batch = 1;  // tokens of a request
  std::string authority;
  std::string path;
  Credentials resource_server;  // client_secret_basic: the body is JSON
};

// The largest body that the batch endpoint takes.
inline constexpr size_t kBatchBodySizeMax = size_t{1} << 20;

// Good: 200, and every token of the batch is said to be active. Not thread-safe.
class BatchWorkload final : public Workload {
 public:
  BatchWorkload(BatchPlan plan, const Share& share);

  std::string_view next(uint32_t connection) override;
  Judgement judge(uint32_t connection, int status, std::string_view body) override;
  bool reads_bodies() const override { return true; }
  std::string_view why_ended() const override;

  // The largest body that batches of these tokens can have.
  static size_t body_size_max(const TokenList& tokens, size_t batch);

 private:
  BatchPlan plan_;
  Picker picker_;
  std::string head_;
  std::string body_;
  std::string request_;
};

}  // namespace signet::load
