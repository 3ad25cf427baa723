#include "daemon/http/server_loop.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "daemon/http/server_loop_impl.h"
#include "protocol/base/check.h"

namespace signet::http {
namespace {

constexpr size_t kListRoom = 1024;  // connections served in one iteration before the lists grow

}  // namespace

std::unique_ptr<ServerLoop> ServerLoop::create(const Limits& limits, Handler& handler) {
  return std::make_unique<ServerLoopImpl>(limits, handler);
}

ServerLoopImpl::ServerLoopImpl(const Limits& limits, Handler& handler) {
  SIGNET_CHECK(uv_loop_init(&loop_) == 0);
  loop_.data = this;
  core_.loop = &loop_;
  core_.handler = &handler;
  core_.responder = this;
  core_.limits = limits;
  core_.released = &ServerLoopImpl::on_released;
  core_.owner = this;
  core_.dirty.reserve(kListRoom);
  core_.resume.reserve(kListRoom);
  reserve_descriptor_ = open("/dev/null", O_RDONLY | O_CLOEXEC);
  uv_prepare_init(&loop_, &prepare_);
  uv_check_init(&loop_, &check_);
  uv_idle_init(&loop_, &idle_);
  uv_timer_init(&loop_, &tick_);
  SIGNET_CHECK(uv_async_init(&loop_, &async_, [](uv_async_t* handle) {
                 static_cast<ServerLoopImpl*>(handle->loop->data)->run_posted();
               }) == 0);
  uv_prepare_start(&prepare_,
                   [](uv_prepare_t* handle) { static_cast<ServerLoopImpl*>(handle->loop->data)->before_poll(); });
  uv_check_start(&check_, [](uv_check_t* handle) { static_cast<ServerLoopImpl*>(handle->loop->data)->after_poll(); });
}

ServerLoopImpl::~ServerLoopImpl() {
  close_everything();
  SIGNET_CHECK(uv_loop_close(&loop_) == 0);
  if (reserve_descriptor_ >= 0) close(reserve_descriptor_);
}

void ServerLoopImpl::set_hooks(std::function<void()> before_poll, std::function<bool()> after_poll) {
  before_poll_hook_ = std::move(before_poll);
  after_poll_hook_ = std::move(after_poll);
}

void ServerLoopImpl::run() { uv_run(&loop_, UV_RUN_DEFAULT); }

void ServerLoopImpl::before_poll() {
  if (before_poll_hook_) before_poll_hook_();
  flush_all();
  if (!core_.resume.empty()) keep_awake(true);
}

void ServerLoopImpl::after_poll() {
  bool more = after_poll_hook_ && after_poll_hook_();
  flush_all();
  more = resume_all() || more;
  keep_awake(more || !core_.resume.empty());
}

// One write per connection for all that the iteration produced.
void ServerLoopImpl::flush_all() {
  for (size_t i = 0; i < core_.dirty.size(); ++i) core_.dirty[i]->flush();
  core_.dirty.clear();
}

// Lets connections parse what they had put aside; true when there were any: the work they queued wants another pass.
bool ServerLoopImpl::resume_all() {
  const size_t count = core_.resume.size();
  if (count == 0) return false;
  for (size_t i = 0; i < count; ++i) core_.resume[i]->resume();
  core_.resume.erase(core_.resume.begin(), core_.resume.begin() + static_cast<ptrdiff_t>(count));
  flush_all();
  return true;
}

// An active idle handle makes libuv poll without blocking.
void ServerLoopImpl::keep_awake(bool awake) {
  if (awake == awake_) return;
  awake_ = awake;
  if (awake) {
    uv_idle_start(&idle_, [](uv_idle_t*) {});
  } else {
    uv_idle_stop(&idle_);
  }
}

void ServerLoopImpl::wake() { uv_async_send(&async_); }

void ServerLoopImpl::post(std::function<void()> task) {
  {
    const std::lock_guard lock(posted_mutex_);
    posted_.push_back(std::move(task));
  }
  has_posted_.store(true, std::memory_order_release);
  wake();
}

void ServerLoopImpl::run_posted() {
  if (!has_posted_.exchange(false, std::memory_order_acquire)) return;  // a mere wake takes no lock
  std::vector<std::function<void()>> tasks;
  {
    const std::lock_guard lock(posted_mutex_);
    tasks.swap(posted_);
  }
  for (const auto& task : tasks) task();
}

void ServerLoopImpl::set_limits(const Limits& limits) {
  post([this, limits] {
    core_.limits = limits;
    resume_accept();
  });
}

void ServerLoopImpl::set_trusted_proxies(std::vector<std::string> addresses) {
  std::vector<PeerAddress> parsed;
  for (const std::string& literal : addresses) {
    if (const auto address = parse_peer_address(literal)) parsed.push_back(*address);
  }
  post([this, parsed = std::move(parsed)] { trusted_ = parsed; });
}

Connection* ServerLoopImpl::find(const ExchangeId& id) const {
  if (id.slot >= blocks_.size() * kBlockSize) return nullptr;
  Connection& connection = at(id.slot);
  return connection.generation() == id.generation && connection.is_waiting(id.sequence) ? &connection : nullptr;
}

void ServerLoopImpl::respond(const ExchangeId& id, const Response& response) {
  if (Connection* connection = find(id)) connection->answer(id.sequence, response);
}

void ServerLoopImpl::respond_serialized(const ExchangeId& id, std::string_view octets) {
  if (Connection* connection = find(id)) connection->answer_serialized(id.sequence, octets);
}

void ServerLoopImpl::park(const ExchangeId& id) {
  if (Connection* connection = find(id)) connection->park(id.sequence);
}

bool ServerLoopImpl::alive(const ExchangeId& id) const { return find(id) != nullptr; }

int ServerLoopImpl::descriptor_of(const ExchangeId& id) const {
  const Connection* connection = find(id);
  return connection != nullptr ? connection->descriptor() : -1;
}

std::optional<PeerCredentials> peer_credentials(ServerLoop& loop, const ExchangeId& id) {
  const int descriptor = static_cast<ServerLoopImpl&>(loop).descriptor_of(id);
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (descriptor < 0 || getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return std::nullopt;
  if (credentials.pid == 0) return std::nullopt;  // not a unix socket
  return PeerCredentials{credentials.uid, credentials.gid, static_cast<uint32_t>(credentials.pid)};
}

// Ends every connection and handle, for the destructor. Callbacks run here for the last time.
void ServerLoopImpl::close_everything() {
  close_listeners();
  for (const auto& block : blocks_) {
    for (Connection& connection : block->connections) connection.abort();
  }
  uv_walk(
      &loop_,
      [](uv_handle_t* handle, void*) {
        if (uv_is_closing(handle) == 0) uv_close(handle, nullptr);
      },
      nullptr);
  uv_run(&loop_, UV_RUN_DEFAULT);
}

}  // namespace signet::http
