// MixedWorkload: several workloads on the same connections, drawn by weight for each request.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "tools/load/alias_table.h"
#include "tools/load/random.h"
#include "tools/load/workload.h"

namespace signet::load {

// A connection ends when the part that was drawn for it has nothing more to send: going on with the others would
// measure another mix than the one asked for. Not thread-safe.
class MixedWorkload final : public Workload {
 public:
  struct Part {
    std::unique_ptr<Workload> workload;
    double weight = 1;  // over 0
  };

  MixedWorkload(std::vector<Part> parts, const Share& share);

  std::string_view next(uint32_t connection) override;
  Judgement judge(uint32_t connection, int status, std::string_view body) override;
  bool reads_bodies() const override;
  std::string_view why_ended() const override { return why_ended_; }

 private:
  std::vector<Part> parts_;
  AliasTable table_;
  Random random_;
  std::vector<uint32_t> drawn_;  // per connection, the part whose answer it waits for
  std::string_view why_ended_;
};

}  // namespace signet::load
