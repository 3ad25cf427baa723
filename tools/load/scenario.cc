#include "tools/load/scenario.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "tools/ctl/socket_path.h"
#include "tools/load/batch_workload.h"
#include "tools/load/mixed_workload.h"
#include "tools/load/prepared_workload.h"
#include "tools/load/progress.h"
#include "tools/load/refresh_workload.h"
#include "tools/load/request_text.h"
#include "tools/load/revoker.h"
#include "tools/load/token_supply.h"

namespace signet::load {
namespace {

template <typename T>
using Result = std::expected<T, std::string>;

// One run's preparation, step by step.
class Preparation {
 public:
  Preparation(const Options& options, const Url& url, const Address& address)
      : options_(options), url_(url), address_(address) {}

  Result<PreparedRun> run();

 private:
  Result<void> read_parties();
  Result<void> obtain_tokens();
  Result<WorkloadFactory> factory(Scenario scenario);
  Result<WorkloadFactory> token_factory() const;
  Result<WorkloadFactory> refresh_factory();
  Result<WorkloadFactory> introspect_factory() const;
  Result<WorkloadFactory> batch_factory() const;
  Result<WorkloadFactory> verify_factory() const;
  Result<WorkloadFactory> mixed_factory();
  Result<TokenList> first_refresh_tokens();
  Result<std::unique_ptr<Companion>> revoker();
  std::string path_of(std::string_view endpoint) const {
    return options_.path.empty() ? endpoint_path(url_, endpoint) : options_.path;
  }
  std::string socket_path() const;
  SupplyProgress progress(std::string_view what) const {
    return [line = std::make_shared<CountLine>(options_.plan.show_progress, what)](size_t done, size_t wanted) {
      line->show(done, wanted);
    };
  }

  const Options& options_;
  const Url& url_;
  const Address& address_;
  std::vector<Credentials> clients_;
  Credentials resource_server_;
  std::shared_ptr<const TokenList> tokens_;
};

Result<std::vector<Credentials>> read_clients(const Options& options, const Url& url) {
  if (!options.clients_file.empty()) return read_clients_file(options.clients_file, tenant_of(url));
  auto secret = read_secret_file(options.secret_file);
  if (!secret) return std::unexpected(secret.error());
  return std::vector{Credentials{options.client, *std::move(secret)}};
}

Result<void> Preparation::read_parties() {
  if (!options_.client.empty() || !options_.clients_file.empty()) {
    auto clients = read_clients(options_, url_);
    if (!clients) return std::unexpected(clients.error());
    clients_ = *std::move(clients);
  }
  if (options_.has(Scenario::kIntrospect)) {
    auto secret = read_secret_file(options_.rs_secret_file);
    if (!secret) return std::unexpected(secret.error());
    resource_server_ = {options_.rs, *std::move(secret)};
  }
  return {};
}

Result<void> Preparation::obtain_tokens() {
  if (!options_.checks_tokens()) return {};
  auto tokens = options_.tokens_file.empty() ? obtain_access_tokens(url_, address_, clients_, options_.scope,
                                                                    options_.tokens, progress("tokens"))
                                             : read_tokens_file(options_.tokens_file);
  if (!tokens) return std::unexpected(tokens.error());
  tokens_ = std::make_shared<const TokenList>(*std::move(tokens));
  return {};
}

std::string Preparation::socket_path() const {
  if (!options_.socket.empty()) return options_.socket;
  return options_.data_dir.empty() ? ctl::default_socket_path() : ctl::socket_in_data_dir(options_.data_dir);
}

WorkloadFactory prepared_factory(RequestSet requests, const PickPlan& plan, Judge judge) {
  auto shared = std::make_shared<const RequestSet>(std::move(requests));
  return [shared, plan, judge](const Share& share) {
    return std::make_unique<PreparedWorkload>(shared, plan, judge, share);
  };
}

Result<WorkloadFactory> Preparation::token_factory() const {
  return prepared_factory(
      RequestSet::token(url_.authority(), path_of("/oauth2/token"), clients_, options_.scope, options_.auth),
      PickPlan(Distribution::kUniform, clients_.size()), judge_token);
}

Result<TokenList> Preparation::first_refresh_tokens() {
  const size_t wanted = options_.plan.connections;
  if (!options_.refresh_tokens_file.empty()) {
    auto tokens = read_tokens_file(options_.refresh_tokens_file);
    if (!tokens || tokens->size() >= wanted) return tokens;
    return std::unexpected(fmt::format("{}: {} refresh tokens for {} connections, which need one each",
                                       options_.refresh_tokens_file, tokens->size(), wanted));
  }
  ctl::AdminClient admin(socket_path());
  return make_families(admin, clients_, {.tenant = tenant_of(url_), .scope = options_.scope, .count = wanted},
                       progress("families"));
}

Result<WorkloadFactory> Preparation::refresh_factory() {
  auto tokens = first_refresh_tokens();
  if (!tokens) return std::unexpected(tokens.error());
  auto plan = std::make_shared<RefreshPlan>();
  *plan = {.authority = url_.authority(),
           .path = path_of("/oauth2/token"),
           .clients = clients_,
           .method = options_.auth,
           .first_tokens = *std::move(tokens),
           .connections = options_.plan.connections};
  return [plan](const Share& share) { return std::make_unique<RefreshWorkload>(*plan, share); };
}

Result<WorkloadFactory> Preparation::introspect_factory() const {
  if (options_.batch > 0) return batch_factory();
  return prepared_factory(RequestSet::introspection(url_.authority(), path_of("/oauth2/introspect"), *tokens_,
                                                    resource_server_, options_.auth),
                          PickPlan(options_.distribution, tokens_->size()), judge_introspection);
}

Result<WorkloadFactory> Preparation::batch_factory() const {
  const size_t largest = BatchWorkload::body_size_max(*tokens_, options_.batch);
  if (largest > kBatchBodySizeMax) {
    return std::unexpected(
        fmt::format("a batch of {} of these tokens has {} octets, and the endpoint takes {}: give a "
                    "smaller --batch",
                    options_.batch, largest, kBatchBodySizeMax));
  }
  const BatchPlan plan{.tokens = tokens_,
                       .pick = PickPlan(options_.distribution, tokens_->size()),
                       .batch = options_.batch,
                       .authority = url_.authority(),
                       .path = path_of("/oauth2/introspect/batch"),
                       .resource_server = resource_server_};
  return [plan](const Share& share) { return std::make_unique<BatchWorkload>(plan, share); };
}

Result<WorkloadFactory> Preparation::verify_factory() const {
  std::string target = path_of("/verify");
  if (!options_.audience.empty()) target += "?audience=" + form_encode(options_.audience);
  return prepared_factory(RequestSet::verification(url_.authority(), target, *tokens_),
                          PickPlan(options_.distribution, tokens_->size()), judge_verification);
}

Result<WorkloadFactory> Preparation::mixed_factory() {
  std::vector<std::pair<WorkloadFactory, double>> parts;
  for (const auto& [part, weight] : {std::pair{Scenario::kToken, options_.mix.token},
                                     {Scenario::kRefresh, options_.mix.refresh},
                                     {Scenario::kIntrospect, options_.mix.introspect},
                                     {Scenario::kVerify, options_.mix.verify}}) {
    if (weight <= 0) continue;
    auto made = factory(part);
    if (!made) return made;
    parts.emplace_back(*std::move(made), weight);
  }
  return [parts](const Share& share) {
    std::vector<MixedWorkload::Part> of_share;
    of_share.reserve(parts.size());
    for (const auto& [make, weight] : parts) of_share.push_back({make(share), weight});
    return std::make_unique<MixedWorkload>(std::move(of_share), share);
  };
}

Result<WorkloadFactory> Preparation::factory(Scenario scenario) {
  switch (scenario) {
    case Scenario::kRefresh:
      return refresh_factory();
    case Scenario::kIntrospect:
      return introspect_factory();
    case Scenario::kVerify:
      return verify_factory();
    case Scenario::kMixed:
      return mixed_factory();
    case Scenario::kToken:
      break;
  }
  return token_factory();
}

Result<std::unique_ptr<Companion>> Preparation::revoker() {
  if (options_.revocations_per_s <= 0) return nullptr;
  const double seconds = options_.plan.duration_s + options_.plan.warmup_s;
  const auto count = static_cast<size_t>(std::ceil(options_.revocations_per_s * seconds));
  auto tokens = obtain_access_tokens(url_, address_, clients_, options_.scope, count, progress("tokens to be revoked"));
  if (!tokens) return std::unexpected(tokens.error());
  RevocationPlan plan{.tenant = tenant_of(url_), .jtis = {}, .rate = options_.revocations_per_s};
  for (size_t i = 0; i < tokens->size(); ++i) {
    auto jti = jti_of(tokens->at(i));
    if (!jti) return std::unexpected("a token to be revoked: " + jti.error());
    plan.jtis.push_back(*std::move(jti));
  }
  return std::make_unique<Revoker>(socket_path(), std::move(plan));
}

Result<PreparedRun> Preparation::run() {
  if (auto read = read_parties(); !read) return std::unexpected(read.error());
  if (auto obtained = obtain_tokens(); !obtained) return std::unexpected(obtained.error());
  auto workloads = factory(options_.scenario);
  if (!workloads) return std::unexpected(workloads.error());
  auto companion = revoker();
  if (!companion) return std::unexpected(companion.error());
  return PreparedRun{*std::move(workloads), *std::move(companion)};
}

}  // namespace

std::expected<PreparedRun, std::string> prepare_run(const Options& options, const Url& url, const Address& address) {
  return Preparation(options, url, address).run();
}

}  // namespace signet::load
