#include "tools/load/token_supply.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/ctl/json_text.h"
#include "tools/load/http_exchange.h"
#include "tools/load/request_text.h"

namespace signet::load {
namespace {

constexpr size_t kBatchMax = 1000;     // entries; the daemon's own default limit
constexpr size_t kFamiliesOnWay = 32;  // so that several share a commit

std::string batch_request(const Url& url, const Credentials& client, std::string_view scope, size_t count) {
  const std::string entry = ctl::compose_json([&](JsonWriter& to) {
    to.begin_object();
    if (!scope.empty()) to.member("scope", scope);
    to.end_object();
  });
  std::string body = "[" + entry;
  for (size_t i = 1; i < count; ++i) body += "," + entry;
  body += ']';
  return fmt::format("POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n{}Content-Length: {}\r\n\r\n{}",
                     endpoint_path(url, "/oauth2/token/batch"), url.authority(),
                     authorization_of(client, AuthMethod::kBasic), body.size(), body);
}

// One line of the answer; the error never shows a token.
std::expected<std::string, std::string> read_line(std::string_view line) {
  const auto json = read_json(line);
  if (!json) return std::unexpected("a line of the answer is not JSON: " + describe(json.error()));
  if (const std::string* token = json->find_string("access_token")) return *token;
  const std::string* error = json->find_string("error");
  return std::unexpected(error == nullptr ? std::string("an entry without access_token")
                                          : fmt::format("an entry was refused: {}", *error));
}

std::expected<void, std::string> take_lines(std::string_view body, size_t count, TokenList& to) {
  size_t lines = 0;
  while (!body.empty()) {
    const size_t end = std::min(body.find('\n'), body.size());
    auto token = read_line(body.substr(0, end));
    if (!token) return std::unexpected(token.error());
    to.add(*token);
    ++lines;
    body.remove_prefix(std::min(end + 1, body.size()));
  }
  if (lines != count) return std::unexpected(fmt::format("{} entries were asked for and {} answered", count, lines));
  return {};
}

std::string family_request(const Credentials& client, const FamilyWish& wish) {
  return ctl::compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.member("client_id", client.client_id);
    if (wish.tenant != "default") to.member("tenant", wish.tenant);
    if (!wish.scope.empty()) to.member("scope", wish.scope);
    to.member_boolean("refresh", true);
    to.end_object();
  });
}

std::expected<std::string, std::string> read_family(std::expected<ctl::HttpAnswer, ctl::Failure> answer) {
  if (!answer) return std::unexpected(answer.error().text);
  if (answer->status >= 400) return std::unexpected("a family was refused: " + ctl::refusal(*answer).text);
  const auto json = read_json(answer->body);
  const std::string* token = json ? json->find_string("refresh_token") : nullptr;
  if (token == nullptr || token->empty()) return std::unexpected("the daemon answered without a refresh_token");
  return *token;
}

}  // namespace

std::expected<TokenList, std::string> obtain_access_tokens(const Url& url, const Address& address,
                                                           std::span<const Credentials> clients, std::string_view scope,
                                                           size_t count, const SupplyProgress& progress) {
  clients = clients.first(std::min(clients.size(), count));
  HttpExchange http(address);
  TokenList tokens;
  for (size_t number = 0; number < clients.size(); ++number) {
    // Evenly: what is left over goes to the first ones.
    size_t left = count / clients.size() + (number < count % clients.size() ? 1 : 0);
    while (left > 0) {
      const size_t some = std::min(left, kBatchMax);
      const auto answer = http.exchange(batch_request(url, clients[number], scope, some));
      if (!answer) return std::unexpected(fmt::format("{}: {}", url.authority(), answer.error()));
      if (answer->status != 200) {
        return std::unexpected(fmt::format("{} answered {}: {}", endpoint_path(url, "/oauth2/token/batch"),
                                           answer->status, answer->body.substr(0, 200)));
      }
      if (auto taken = take_lines(answer->body, some, tokens); !taken) return std::unexpected(taken.error());
      left -= some;
      progress(tokens.size(), count);
    }
  }
  return tokens;
}

std::expected<TokenList, std::string> make_families(ctl::AdminClient& admin, std::span<const Credentials> clients,
                                                    const FamilyWish& wish, const SupplyProgress& progress) {
  TokenList tokens;
  for (size_t sent = 0; tokens.size() < wish.count;) {
    while (sent < wish.count && sent - tokens.size() < kFamiliesOnWay) {
      const std::string body = family_request(clients[sent % clients.size()], wish);
      if (auto going = admin.send_request("POST", "/v1/tokens", body); !going) {
        return std::unexpected(going.error().text);
      }
      ++sent;
    }
    const auto token = read_family(admin.receive_answer());
    if (!token) return std::unexpected(token.error());
    tokens.add(*token);
    progress(tokens.size(), wish.count);
  }
  return tokens;
}

}  // namespace signet::load
