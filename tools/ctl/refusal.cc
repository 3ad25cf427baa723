// How an error answer of the daemon reads for people.
#include <fmt/format.h>

#include "tools/ctl/admin_client.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/terminal_text.h"

namespace signet::ctl {

Failure refusal(const HttpAnswer& answer) {
  const auto body = read_answer(answer.body);
  const std::string* message = body ? body->find_string("message") : nullptr;
  if (message == nullptr && body) message = body->find_string("error_description");
  if (message == nullptr && body) message = body->find_string("error");
  std::string text = message != nullptr ? escape_for_terminal(*message)
                                        : fmt::format("the daemon refused with HTTP status {}", answer.status);
  if (answer.status == 503) text += " (try again, and see `signetctl status`)";
  return {std::move(text)};
}

}  // namespace signet::ctl
