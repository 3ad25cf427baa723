#include "daemon/http/connection.h"

#include <unistd.h>

#include <cstring>

#include "daemon/http/loop_core.h"

namespace signet::http {

void Connection::reset(LoopCore& core, uint32_t slot, int descriptor) {
  core_ = &core;
  slot_ = slot;
  descriptor_ = descriptor;
  watched_ = 0;
  phase_ = Phase::kHead;
  continue_wanted_ = inside_on_head_ = stopped_ = finished_ = input_ended_ = put_aside_ = false;
  dirty_ = resume_queued_ = served_ = false;
  scanned_ = head_size_ = body_size_ = output_sent_ = lingered_ = 0;
  written_ = 0;
  exchanges_ = {};
  read_deadline_ = {};
  write_deadline_ = {};
  read_deadline_.owner = write_deadline_.owner = this;
  counted_address_.reset();
}

bool Connection::open(LoopCore& core, uint32_t slot, int descriptor, const std::optional<PeerAddress>& address,
                      bool counted) {
  reset(core, slot, descriptor);
  if (uv_poll_init(core.loop, &poll_, descriptor) != 0) {
    close(descriptor);
    return false;
  }
  poll_.data = this;
  life_ = Life::kOpen;
  if (address) {
    address_size_ = static_cast<uint8_t>(format_peer_address(*address, address_text_));
    if (counted) counted_address_ = address;
  } else {
    std::memcpy(address_text_.data(), "unix", 4);
    address_size_ = 4;
  }
  watch();
  update_read_deadline();
  return true;
}

void Connection::on_poll(uv_poll_t* handle, int status, int events) {
  auto* self = static_cast<Connection*>(handle->data);
  if (status < 0) return self->abort();
  if ((events & UV_READABLE) != 0) self->read_ready();
  if ((events & UV_WRITABLE) != 0 && self->is_open()) self->flush();
}

}  // namespace signet::http
