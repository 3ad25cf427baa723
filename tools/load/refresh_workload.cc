#include "tools/load/refresh_workload.h"

#include <fmt/format.h>

#include <iterator>

#include "protocol/base/char_class.h"
#include "tools/load/request_text.h"

namespace signet::load {
namespace {

constexpr std::string_view kForm = "grant_type=refresh_token&refresh_token=";
constexpr CharClass kPlain = kAlphanumerics | CharClass("-._~");

// The value of the member, as it stands; empty when there is none that needs no unescaping.
std::string_view refresh_token_in(std::string_view body) {
  constexpr std::string_view kMember = "\"refresh_token\":\"";
  const size_t at = body.find(kMember);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = body.substr(at + kMember.size());
  const size_t end = rest.find('"');
  const std::string_view value = rest.substr(0, end);
  if (end == std::string_view::npos || value.find('\\') != std::string_view::npos) return {};
  return value;
}

bool refuses(int status) { return status / 100 == 4 && status != 429; }

}  // namespace

RefreshWorkload::RefreshWorkload(const RefreshPlan& plan, const Share& share) : walks_(share.connections) {
  const std::string head = post_head(plan.authority, plan.path);
  for (size_t i = 0; i < walks_.size(); ++i) {
    const size_t number = share.first_connection + i;
    const Credentials& client = plan.clients[number % plan.clients.size()];
    walks_[i].head = head + authorization_of(client, plan.method) + "Content-Length: ";
    if (plan.method == AuthMethod::kPost) walks_[i].credentials = post_credentials(client);
    walks_[i].token = form_encode(plan.first_tokens.at(number));
  }
}

std::string_view RefreshWorkload::next(uint32_t connection) {
  const Walk& walk = walks_[connection];
  if (walk.token.empty()) return {};
  request_ = walk.head;
  fmt::format_to(std::back_inserter(request_), "{}\r\n\r\n",
                 kForm.size() + walk.token.size() + walk.credentials.size());
  request_ += kForm;
  request_ += walk.token;
  request_ += walk.credentials;
  return request_;
}

Judgement RefreshWorkload::judge(uint32_t connection, int status, std::string_view body) {
  Walk& walk = walks_[connection];
  if (status / 100 != 2) {
    if (refuses(status)) walk.token.clear();
    return {.fault = "the rotation was refused", .ends = walk.token.empty()};
  }
  const std::string_view successor = refresh_token_in(body);
  const std::string_view fault = successor.empty()         ? "the answer holds no refresh_token"
                                 : successor == walk.token ? "the refresh token was not rotated"
                                                           : "";
  if (!fault.empty()) {
    walk.token.clear();
    return {.fault = fault, .ends = true};
  }
  if (kPlain.contains_all(successor)) [[likely]] {
    walk.token = successor;
  } else {
    walk.token = form_encode(successor);
  }
  return {};
}

}  // namespace signet::load
