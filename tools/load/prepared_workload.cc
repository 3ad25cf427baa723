#include "tools/load/prepared_workload.h"

#include <utility>

namespace signet::load {

Judgement judge_token(int status, std::string_view) { return judge_by_class(status); }

// Quotes inside a string are escaped, so that this is a member wherever it stands.
Judgement judge_introspection(int status, std::string_view body) {
  if (status != 200) return {.fault = "not 200"};
  if (body.find("\"active\":true") == std::string_view::npos) return {.fault = "the token is not active"};
  return {};
}

Judgement judge_verification(int status, std::string_view) {
  return status == 200 ? Judgement{} : Judgement{.fault = "the answer is not 200"};
}

PreparedWorkload::PreparedWorkload(std::shared_ptr<const RequestSet> requests, const PickPlan& plan, Judge rule,
                                   const Share& share)
    : requests_(std::move(requests)), picker_(plan, share), judge_(rule), request_(requests_->request_size_max()) {
  const bool once = plan.distribution == Distribution::kNeverSeen;
  if (requests_->size() == 1 && !once) only_request_ = requests_->compose(0, request_);
}

std::string_view PreparedWorkload::next(uint32_t) {
  if (!only_request_.empty()) return only_request_;
  const auto picked = picker_.pick();
  return picked ? requests_->compose(*picked, request_) : std::string_view();
}

}  // namespace signet::load
