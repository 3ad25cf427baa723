#include "daemon/console.h"

#include <pthread.h>

#include <future>

#include "daemon/metrics_text.h"

namespace signet {
namespace {

constexpr uint32_t kStopDeadlineMs = 1000;

http::Limits console_limits() {
  http::Limits limits;
  limits.connections_max = 256;
  limits.connections_per_address_max = 0;
  limits.in_flight_max = 256;
  return limits;
}

}  // namespace

class Console::Handler final : public http::Handler {
 public:
  explicit Handler(std::function<std::string()> metrics) : metrics_(std::move(metrics)) {}

  std::optional<size_t> on_head(const http::Request&, http::Responder&) override { return 1024; }

  void on_request(const http::Request& request, http::Responder& responder) override {
    bool metrics = request.path == "/metrics";
    if (!metrics && request.path != "/healthz") {
      return responder.respond(request.id, {.status = 404, .content_type = "text/plain", .body = "not found\n"});
    }
    if (request.method != http::Method::kGet && request.method != http::Method::kHead) {
      return responder.respond(request.id, {.status = 405, .extra_fields = "Allow: GET, HEAD\r\n"});
    }
    if (metrics) {
      std::string text = metrics_();
      return responder.respond(request.id, {.status = 200, .content_type = MetricsText::kContentType, .body = text});
    }
    responder.respond(request.id, {.status = 200, .content_type = "application/json", .body = R"({"status":"ok"})"});
  }

 private:
  std::function<std::string()> metrics_;
};

Console::Console(std::function<std::string()> metrics) : handler_(std::make_unique<Handler>(std::move(metrics))) {}

Console::~Console() { stop(); }

std::string Console::start(const std::vector<http::ListenAddress>& addresses) {
  if (addresses.empty()) return {};
  std::promise<std::string> listening;
  std::future<std::string> result = listening.get_future();
  thread_ = std::thread([this, &addresses, &listening] {
    ::pthread_setname_np(::pthread_self(), "console");
    loop_ = http::ServerLoop::create(console_limits(), *handler_);
    std::string error;
    for (const auto& address : addresses) {
      if (error.empty()) error = loop_->listen(address, false);
    }
    bool serves = error.empty();
    listening.set_value(std::move(error));
    if (serves) loop_->run();
  });
  std::string error = result.get();
  if (!error.empty()) thread_.join();
  return error;
}

void Console::stop() {
  if (!thread_.joinable()) return;
  loop_->drain(kStopDeadlineMs);
  thread_.join();
}

}  // namespace signet
