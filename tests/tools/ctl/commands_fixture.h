// Commands: signetctl run in process against a daemon that gives one answer and remembers what it was asked.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/tools/ctl/fake_admin.h"

namespace signet::ctl {

class Commands : public testing::Test {
 protected:
  RunResult run(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.begin(), {"--socket", admin_.socket_path()});
    return run_ctl(arguments, input);
  }
  // "METHOD target body" of the last request.
  std::string asked() const {
    const auto requests = admin_.requests();
    if (requests.empty()) return "nothing";
    const FakeRequest& last = requests.back();
    return last.method + " " + last.target + (last.body.empty() ? "" : " " + last.body);
  }
  std::string answer_ = http_answer(200, "{}");
  FakeAdmin admin_{[this](const FakeRequest&) { return answer_; }};
  TemporaryDirectory directory_;
};

}  // namespace signet::ctl
