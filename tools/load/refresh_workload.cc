#include "tools/load/refresh_workload.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

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
  for (const Credentials& client : plan.clients) {
    clients_.push_back({head + authorization_of(client, plan.method) + "Content-Length: ",
                        plan.method == AuthMethod::kPost ? post_credentials(client) : std::string()});
  }
  for (size_t i = 0; i < walks_.size(); ++i) {
    for (size_t n = share.first_connection + i; n < plan.first_tokens.size(); n += plan.connections) {
      walks_[i].families.push_back({form_encode(plan.first_tokens.at(n)), n % clients_.size()});
    }
  }
}

void RefreshWorkload::Walk::advance() { at = (at + 1) % families.size(); }

void RefreshWorkload::Walk::end_family() {
  std::swap(families[at], families.back());
  families.pop_back();
  if (at == families.size()) at = 0;
}

std::string_view RefreshWorkload::next(uint32_t connection) {
  const Walk& walk = walks_[connection];
  if (walk.families.empty()) return {};
  const Family& family = walk.families[walk.at];
  const Client& client = clients_[family.client];
  request_ = client.head;
  fmt::format_to(std::back_inserter(request_), "{}\r\n\r\n",
                 kForm.size() + family.token.size() + client.credentials.size());
  request_ += kForm;
  request_ += family.token;
  request_ += client.credentials;
  return request_;
}

Judgement RefreshWorkload::judge(uint32_t connection, int status, std::string_view body) {
  Walk& walk = walks_[connection];
  if (status / 100 != 2) {
    if (refuses(status)) walk.end_family();
    return {.fault = "the rotation was refused", .ends = walk.families.empty()};
  }
  std::string& token = walk.families[walk.at].token;
  const std::string_view successor = refresh_token_in(body);
  const std::string_view fault = successor.empty()    ? "the answer holds no refresh_token"
                                 : successor == token ? "the refresh token was not rotated"
                                                      : "";
  if (!fault.empty()) {
    walk.end_family();
    return {.fault = fault, .ends = walk.families.empty()};
  }
  if (kPlain.contains_all(successor)) [[likely]] {
    token = successor;
  } else {
    token = form_encode(successor);
  }
  walk.advance();
  return {};
}

}  // namespace signet::load
