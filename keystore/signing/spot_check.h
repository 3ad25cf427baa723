// SpotCheck: of full groups of a signer's lanes, one in lanes::lane_spot_check() has a lane looked at by a library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace signet {

// One thread.
class SpotCheck {
 public:
  SpotCheck();
  // due: after a batch of `real` jobs that are no copies, the job that is to be looked at now, a random one of its full
  // groups.
  std::optional<size_t> due(size_t real);

 private:
  uint32_t full_groups_;  // since the last that was looked at
};

}  // namespace signet
