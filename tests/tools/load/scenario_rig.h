// Scenarios: runs whole scenarios, from the command line to the figures, against a small server and a small admin
// socket.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "protocol/base/base64url.h"
#include "tests/tools/ctl/fake_admin.h"
#include "tests/tools/load/small_server.h"
#include "tools/load/scenario.h"

namespace signet::load {

inline std::string jwt(uint64_t number) {
  const std::string claims = "{\"jti\":\"j" + std::to_string(number) + "\"}";
  std::string encoded = base64url_text(as_bytes(claims));
  return "e30." + encoded + ".sig" + std::to_string(number);
}

inline size_t count_of(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; at += part.size()) ++count;
  return count;
}

inline bool asks(std::string_view request, std::string_view start) { return request.starts_with(start); }

inline std::string body_of(std::string_view request) {
  return std::string(request.substr(request.find("\r\n\r\n") + 4));
}

// Answers as Signet does, where a test does not answer itself.
struct FakeSignet {
  std::string operator()(std::string_view request) {
    if (asks(request, "POST /oauth2/token/batch ")) return batch(request);
    if (asks(request, "POST /oauth2/introspect/batch ")) return introspect_batch(request);
    if (asks(request, "POST /oauth2/introspect ")) return http_answer(200, R"({"active":true,"sub":"s"})");
    if (asks(request, "GET /verify?audience=urn%3Ademo ")) return http_answer(200, "");
    if (asks(request, "POST /oauth2/token ")) return refresh(request);
    return http_answer(404, "{}");
  }
  std::string batch(std::string_view request) {
    std::string lines;
    for (size_t i = count_of(body_of(request), "{"); i > 0; --i)
      lines += R"({"access_token":")" + jwt(made++) + "\"}\n";
    return http_answer(200, lines);
  }
  static std::string introspect_batch(std::string_view request) {
    std::string entries;
    for (size_t i = count_of(body_of(request), "e30."); i > 0; --i) entries += "{\"active\":true},";
    entries.back() = ']';
    return http_answer(200, "[" + entries);
  }
  static std::string refresh(std::string_view request) {
    const std::string body = body_of(request);
    const size_t at = body.find("refresh_token=r");
    if (at == std::string::npos) return http_answer(200, R"({"access_token":"a"})");
    const uint64_t number = std::stoull(body.substr(at + 15));
    return http_answer(200, R"({"access_token":"a","refresh_token":"r)" + std::to_string(number + 1000) + "\"}");
  }
  uint64_t made = 0;
};

class Scenarios : public testing::Test {
 protected:
  using Own = std::function<std::string(std::string_view request)>;

  // Runs with the fake parties of a development directory. `own` answers first; what it leaves empty the fake does.
  std::expected<Measurement, std::string> load(std::vector<std::string> arguments, Own own = {}) {
    SmallServer server([&](uint64_t, std::string_view request) {
      const std::lock_guard lock(mutex_);
      requests_.emplace_back(request);
      std::string answer = own ? own(request) : "";
      if (answer == "close") return std::string();
      return answer.empty() ? signet_(request) : answer;
    });
    directory_.write("demo-secret", "s");
    directory_.write("demo-rs-secret", "s");
    arguments.insert(arguments.end(), {"--url", "http://127.0.0.1:" + std::to_string(server.port()), "--data-dir",
                                       directory_.file("."), "--socket", admin_.socket_path()});
    for (const auto& [name, value] : {std::pair{"--duration", "0.3"}, {"--connections", "2"}}) {
      if (std::ranges::find(arguments, name) == arguments.end()) arguments.insert(arguments.end(), {name, value});
    }
    const auto options = parse_options(arguments);
    if (!options) return std::unexpected(options.error().text);
    const auto url = parse_url(options->url);
    const auto address = resolve(*url);
    const auto prepared = prepare_run(*options, *url, *address);
    if (!prepared) return std::unexpected(prepared.error());
    return run_load(options->plan, *url, *address, prepared->workloads, prepared->companion.get());
  }
  void answer_admin(std::function<std::string(const ctl::FakeRequest&)> answer) {
    const std::lock_guard lock(mutex_);
    admin_answer_ = std::move(answer);
  }
  size_t asked(std::string_view start) const {
    return static_cast<size_t>(
        std::ranges::count_if(requests_, [&](const std::string& one) { return one.starts_with(start); }));
  }

  std::mutex mutex_;
  std::vector<std::string> requests_;
  FakeSignet signet_;
  ctl::TemporaryDirectory directory_;
  std::atomic<uint64_t> families_ = 0;
  // Asked by the fake's threads: set under `mutex_`.
  std::function<std::string(const ctl::FakeRequest&)> admin_answer_ = [this](const ctl::FakeRequest&) {
    return ctl::http_answer(200, R"({"access_token":"a","refresh_token":"r)" + std::to_string(families_++) + "\"}");
  };
  ctl::FakeAdmin admin_{[this](const ctl::FakeRequest& request) {
    const std::lock_guard lock(mutex_);
    return admin_answer_(request);
  }};
};

}  // namespace signet::load
