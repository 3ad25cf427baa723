#include "tools/ctl/vault_wait.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "tools/ctl/json_text.h"

namespace signet::ctl {
namespace {

constexpr std::chrono::milliseconds kPause{10};

// A connection of its own each time: the one that was kept ends with the state that is left.
bool is_in(const std::string& socket_path, std::string_view state) {
  AdminClient admin(socket_path);
  const auto answer = admin.call("GET", "/v1/vault");
  if (!answer) return false;
  const auto body = read_answer(answer->body);
  return body && text_of(*body, "state") == state;
}

}  // namespace

Outcome wait_for_vault(Call& call, std::string_view state, int64_t deadline_ms) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(deadline_ms);
  while (!is_in(call.admin().socket_path(), state)) {
    if (std::chrono::steady_clock::now() >= deadline) {
      return std::unexpected(Failure{fmt::format(
          "the vault is {}, but the daemon has not come back within {} s: see its log, then signetctl vault "
          "status",
          state, deadline_ms / 1000)});
    }
    std::this_thread::sleep_for(kPause);
  }
  return {};
}

}  // namespace signet::ctl
