// PreparedWorkload: requests that are all prepared and do not depend on any answer: tokens, single checks.
#pragma once

#include <memory>
#include <vector>

#include "tools/load/picker.h"
#include "tools/load/request_set.h"
#include "tools/load/workload.h"

namespace signet::load {

// How an answer's status and body are judged.
using Judge = Judgement (*)(int status, std::string_view body);

// Any 2xx.
Judgement judge_token(int status, std::string_view body);
// 200, and the token is said to be active (RFC 7662 section 2.2).
Judgement judge_introspection(int status, std::string_view body);
// Exactly 200.
Judgement judge_verification(int status, std::string_view body);

class PreparedWorkload final : public Workload {
 public:
  // `requests` are as many as the plan counts.
  PreparedWorkload(std::shared_ptr<const RequestSet> requests, const PickPlan& plan, Judge rule, const Share& share);

  std::string_view next(uint32_t connection) override;
  Judgement judge(uint32_t connection, int status, std::string_view body) override { return judge_(status, body); }
  bool reads_bodies() const override { return judge_ == judge_introspection; }
  std::string_view why_ended() const override { return kUsedUp; }

  // Shared with the workload of batches.
  static constexpr std::string_view kUsedUp =
      "the never-seen tokens were used up: the figures are of the time until then; ask for more --tokens";

 private:
  std::shared_ptr<const RequestSet> requests_;
  Picker picker_;
  Judge judge_;
  std::vector<char> request_;
  std::string_view only_request_;  // when there is one
};

}  // namespace signet::load
