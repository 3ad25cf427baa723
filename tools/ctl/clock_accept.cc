// signetctl clock accept: the operator confirms that the clock is right after a jump, so that expiry goes on.
#include "tools/ctl/commands.h"

namespace signet::ctl {

Outcome clock_accept(Call& call) {
  Arguments arguments = call.new_arguments();
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const auto answer = call.admin().call("POST", "/v1/clock/accept", "{}");
  if (!answer) return std::unexpected(answer.error());
  if (call.json()) {
    call.print_json("{\"accepted\":true}");
  } else {
    call.note("the clock is accepted as it stands now");
  }
  return {};
}

}  // namespace signet::ctl
