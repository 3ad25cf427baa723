#include "tools/load/mixed_workload.h"

#include <algorithm>

namespace signet::load {
namespace {

std::vector<double> weights_of(const std::vector<MixedWorkload::Part>& parts) {
  std::vector<double> weights;
  weights.reserve(parts.size());
  for (const auto& part : parts) weights.push_back(part.weight);
  return weights;
}

}  // namespace

MixedWorkload::MixedWorkload(std::vector<Part> parts, const Share& share)
    : parts_(std::move(parts)), table_(weights_of(parts_)), random_(share.worker), drawn_(share.connections) {}

std::string_view MixedWorkload::next(uint32_t connection) {
  drawn_[connection] = static_cast<uint32_t>(table_.pick(random_.next()));
  Workload& part = *parts_[drawn_[connection]].workload;
  const std::string_view request = part.next(connection);
  if (request.empty()) why_ended_ = part.why_ended();
  return request;
}

Judgement MixedWorkload::judge(uint32_t connection, int status, std::string_view body) {
  return parts_[drawn_[connection]].workload->judge(connection, status, body);
}

bool MixedWorkload::reads_bodies() const {
  return std::ranges::any_of(parts_, [](const Part& part) { return part.workload->reads_bodies(); });
}

}  // namespace signet::load
