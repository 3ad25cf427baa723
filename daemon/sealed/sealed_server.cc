#include "daemon/sealed/sealed_server.h"

#include <fmt/format.h>
#include <unistd.h>
#include <uv.h>

#include <thread>

#include "daemon/log.h"
#include "daemon/service_manager.h"

namespace signet {
namespace {

constexpr uint32_t kDrainMs = 1000;

// What the world sees. RFC 6749 5.2 has no error for this; that of 4.1.2.1 says it.
class SealedPublic final : public http::Handler {
 public:
  std::optional<size_t> on_head(const http::Request&, http::Responder&) override { return kBodySizeMax; }
  void on_request(const http::Request& request, http::Responder& responder) override {
    const bool reads = request.method == http::Method::kGet || request.method == http::Method::kHead;
    if (request.path == "/healthz" && reads) {
      return responder.respond(request.id, {.status = 200,
                                            .content_type = "application/json",
                                            .extra_fields = "Cache-Control: no-store\r\n",
                                            .body = R"({"status":"ok"})"});
    }
    responder.respond(request.id,
                      {.status = 503,
                       .content_type = "application/json",
                       .extra_fields = "Retry-After: 5\r\nCache-Control: no-store\r\n",
                       .body = R"({"error":"temporarily_unavailable","error_description":"the vault is sealed"})"});
  }

 private:
  static constexpr size_t kBodySizeMax = size_t{64} * 1024;
};

// The public side on a loop and thread of its own: Argon2id on the admin's must not make /healthz wait.
class PublicSide {
 public:
  ~PublicSide() { stop(); }
  std::string start(const Config& config, const std::vector<http::ListenAddress>& listen) {
    loop_ = http::ServerLoop::create(config.limits, handler_);
    for (const http::ListenAddress& address : listen) {
      if (std::string error = loop_->listen(address, false); !error.empty()) return error;
    }
    thread_ = std::thread([this] { loop_->run(); });
    return {};
  }
  void stop() {
    if (!thread_.joinable()) return;
    loop_->drain(kDrainMs);
    thread_.join();
    loop_.reset();
  }

 private:
  SealedPublic handler_;
  std::unique_ptr<http::ServerLoop> loop_;
  std::thread thread_;
};

void end_on_signal(uv_loop_t* loop, uv_signal_t& handle, int number, http::ServerLoop& server) {
  uv_signal_init(loop, &handle);
  handle.data = &server;
  uv_signal_start(
      &handle, [](uv_signal_t* signal, int) { static_cast<http::ServerLoop*>(signal->data)->drain(kDrainMs); }, number);
}

void say_sealed(const Config& config) {
  log_event(LogLevel::kWarning, "sealed",
            {{"data_dir", config.data_dir}, {"effect", "nothing is issued or checked until signetctl vault unseal"}});
  constexpr std::string_view kLine = "sealed\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kLine.data(), kLine.size());
  notify_service_manager("READY=1\nSTATUS=sealed: waits for signetctl vault unseal");
}

}  // namespace

std::expected<std::optional<Unsealed>, std::string> serve_sealed(const Config& config,
                                                                 const std::vector<http::ListenAddress>& listen) {
  std::optional<Unsealed> outcome;
  std::unique_ptr<http::ServerLoop> loop;
  SealedAdmin admin(config.data_dir, [&](Unsealed unsealed) {
    outcome = std::move(unsealed);
    loop->drain(kDrainMs);
  });
  loop = http::ServerLoop::create(http::Limits{}, admin);
  admin.attach(*loop);
  const http::ListenAddress socket{
      .kind = http::ListenAddress::Kind::kUnix, .path = config.data_dir + "/admin.sock", .unix_mode = 0600};
  if (std::string error = loop->listen(socket, false); !error.empty()) {
    return std::unexpected(fmt::format("cannot make the admin socket: {}", error));
  }
  PublicSide world;
  if (std::string error = world.start(config, listen); !error.empty()) {
    return std::unexpected(fmt::format("cannot listen on {}", error));
  }
  uv_signal_t terminate{}, interrupt{}, hang_up{};
  uv_signal_init(loop->loop(), &hang_up);  // there is nothing to be read again
  uv_signal_start(&hang_up, [](uv_signal_t*, int) {}, SIGHUP);
  end_on_signal(loop->loop(), terminate, SIGTERM, *loop);
  end_on_signal(loop->loop(), interrupt, SIGINT, *loop);
  say_sealed(config);
  loop->run();
  world.stop();
  loop.reset();  // closes the handles of the signals
  return outcome;
}

}  // namespace signet
