// Handler and Responder: the seam between HTTP and what is served over it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "daemon/http/request.h"

namespace signet::http {

// What a handler answers; Date, Content-Length and Connection are added by the connection. Views borrowed for the call.
struct Response {
  int status = 200;
  std::string_view content_type;  // empty = none
  std::string_view extra_fields;  // complete lines "Name: value\r\n", may be empty
  std::string_view body;
  bool close = false;  // answer, then close the connection
};

// Answers exchanges of one loop. Loop thread only; every call is a no-op for an exchange whose connection is gone.
// Answers may come in any order; they leave in request order. HEAD: the body is counted, not sent.
class Responder {
 public:
  virtual ~Responder() = default;
  virtual void respond(const ExchangeId& id, const Response& response) = 0;
  // respond_serialized: a complete head and body as octets (the hot path composes its own); `Date` is included by the
  // composer, see date_field. Copied (or written) before return. When the connection closes after this answer (or an
  // HTTP/1.0 peer asked for keep-alive), the connection inserts its `Connection` line after the status line. For HEAD
  // only the head is sent.
  virtual void respond_serialized(const ExchangeId& id, std::string_view octets) = 0;
  // Whether the peer of this exchange still waits for its answer; long work asks before it goes on.
  virtual bool alive(const ExchangeId& id) const = 0;
  // park: this exchange, whole and without an answer, waits for an event and not for us. From now on it does not count
  // as in flight; whoever parks bounds how many do. Its peer counts as gone when it closes or half-closes meanwhile.
  virtual void park(const ExchangeId& id) {}
  // flush sends what was answered so far in this iteration, before work that takes long. Only in after_poll
  // (ServerLoop::set_hooks): never from a handler's call.
  virtual void flush() {}
  // "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" of the current second (RFC 9110 6.6.1); cached.
  virtual std::string_view date_field() = 0;
};

// Called on the loop thread.
class Handler {
 public:
  virtual ~Handler() = default;
  // The head alone has been read and accepted. Gives the body limit for this request in octets, or nothing when the
  // handler has already answered it (then the connection closes after the answer). `request.body` is empty here.
  virtual std::optional<size_t> on_head(const Request& request, Responder& responder) = 0;
  // The whole request. Answer through `responder` now or in a later iteration; exactly one answer each.
  virtual void on_request(const Request& request, Responder& responder) = 0;
  // A parked exchange ended without its answer. May be called while the handler answers another one of its connection;
  // answers nothing.
  virtual void on_gone(const ExchangeId& id) {}
  // The loop drains: what is parked, or is asked from now on, is to be answered without waiting.
  virtual void on_drain(Responder& responder) {}
};

}  // namespace signet::http
