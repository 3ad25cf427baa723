// New connections: limits per address and in all, and what happens when descriptors run out.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "daemon/http/server_loop_impl.h"
#include "protocol/base/check.h"

namespace signet::http {
namespace {

// Accepted per listener and iteration, so that a flood of connections does not starve the open ones.
constexpr int kAcceptBatch = 64;

}  // namespace

std::string ServerLoopImpl::listen(const ListenAddress& address, bool reuse_port) {
  const auto opened = open_listening_socket(address, reuse_port);
  if (!opened) return opened.error();
  auto listener = std::make_unique<Listener>();
  listener->adopt(*opened, address);
  listener->owner = this;
  SIGNET_CHECK(uv_poll_init(&loop_, &listener->poll, listener->descriptor) == 0);
  listener->poll.data = listener.get();
  SIGNET_CHECK(uv_poll_start(&listener->poll, UV_READABLE, &ServerLoopImpl::on_listener) == 0);
  listeners_.push_back(std::move(listener));
  return {};
}

uint16_t ServerLoopImpl::bound_port(size_t listener_index) const {
  return listener_index < listeners_.size() ? listeners_[listener_index]->port : 0;
}

void ServerLoopImpl::on_listener(uv_poll_t* handle, int, int) {
  auto* listener = static_cast<Listener*>(handle->data);
  auto* self = static_cast<ServerLoopImpl*>(listener->owner);
  for (int i = 0; i < kAcceptBatch && !self->accept_paused_; ++i) {
    if (!self->accept_one(*listener)) break;
  }
}

// False when there is nothing more to accept now.
bool ServerLoopImpl::accept_one(Listener& listener) {
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  const int descriptor =
      accept4(listener.descriptor, reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (descriptor >= 0) {
    admit(listener, descriptor, from);
    return true;
  }
  switch (errno) {
    case EAGAIN:
      return false;
    case EMFILE:
    case ENFILE:
      return shed_one(listener);
    case ENOBUFS:
    case ENOMEM:
      retry_accept_ = true;
      pause_accept();
      return false;
    default:
      return true;  // that peer is gone already (ECONNABORTED and the network errors of accept(2))
  }
}

// No descriptor is left. Without one the queued connection could be neither accepted nor refused, and a level-triggered
// listener would spin: the reserve lets us take it and close it.
bool ServerLoopImpl::shed_one(Listener& listener) {
  if (reserve_descriptor_ >= 0) close(reserve_descriptor_);
  const int descriptor = accept4(listener.descriptor, nullptr, nullptr, SOCK_CLOEXEC);
  if (descriptor >= 0) close(descriptor);
  reserve_descriptor_ = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (descriptor >= 0) core_.counters.refused_descriptors.add();
  if (descriptor >= 0 && reserve_descriptor_ >= 0) return true;
  retry_accept_ = true;  // another thread took the reserve
  pause_accept();
  return false;
}

bool ServerLoopImpl::is_trusted(const PeerAddress& address) const {
  return std::find(trusted_.begin(), trusted_.end(), address) != trusted_.end();
}

void ServerLoopImpl::admit(Listener& listener, int descriptor, const sockaddr_storage& from) {
  std::optional<PeerAddress> address;
  bool counted = false;
  if (listener.address.kind == ListenAddress::Kind::kTcp) {
    address = peer_address_of(from);
    counted = address && !is_trusted(*address);
    if (counted && !core_.addresses.enter(*address, core_.limits.connections_per_address_max)) {
      core_.counters.refused_address.add();
      close(descriptor);
      return;
    }
  }
  const uint32_t slot = take_slot();
  if (!at(slot).open(core_, slot, descriptor, address, counted)) {
    if (counted) core_.addresses.leave(*address);
    free_slots_.push_back(slot);
    return;
  }
  core_.counters.connections_accepted.add();
  core_.counters.connections_open.set(++connections_);
  start_tick();
  if (connections_ >= core_.limits.connections_max && !core_.draining) {
    core_.counters.accept_pauses.add();
    pause_accept();
  }
}

uint32_t ServerLoopImpl::take_slot() {
  if (free_slots_.empty()) {
    const auto base = static_cast<uint32_t>(blocks_.size() * kBlockSize);
    blocks_.push_back(std::make_unique<Block>());
    for (uint32_t i = kBlockSize; i > 0; --i) free_slots_.push_back(base + i - 1);
  }
  const uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  return slot;
}

void ServerLoopImpl::on_released(LoopCore& core, Connection& connection) {
  auto* self = static_cast<ServerLoopImpl*>(core.owner);
  if (connection.counted_address()) core.addresses.leave(*connection.counted_address());
  self->free_slots_.push_back(connection.slot());
  core.counters.connections_open.set(--self->connections_);
  if (core.draining) return self->finish_drain_when_empty();
  if (self->accept_paused_ && !self->retry_accept_) self->resume_accept();
}

void ServerLoopImpl::pause_accept() {
  if (accept_paused_) return;
  accept_paused_ = true;
  start_tick();
  for (const auto& listener : listeners_) uv_poll_stop(&listener->poll);
}

void ServerLoopImpl::resume_accept() {
  if (!accept_paused_ || core_.draining || connections_ >= core_.limits.connections_max) return;
  accept_paused_ = retry_accept_ = false;
  for (const auto& listener : listeners_) {
    uv_poll_start(&listener->poll, UV_READABLE, &ServerLoopImpl::on_listener);
  }
}

}  // namespace signet::http
