// Putting an answer on the wire: the fields that the connection adds to what a handler gave.
#pragma once

#include <string_view>

#include "daemon/http/buffer_pool.h"
#include "daemon/http/handler.h"

namespace signet::http {

// What the connection knows about the exchange.
struct AnswerForm {
  bool head = false;            // HEAD: the body is counted, not sent (RFC 9110 9.3.2)
  bool close = false;           // last answer of its connection
  bool old_keep_alive = false;  // HTTP/1.0 peer that asked for persistence (RFC 9112 appendix C.2.2)
};

// Appends status line, Date, Content-Type, Content-Length, Connection, extra fields and body.
void append_response(BufferPool& pool, Buffer& to, const Response& response, std::string_view date_field,
                     AnswerForm form);

// Appends a complete answer that a handler composed; a Connection field goes in after the status line when the form
// asks for one.
void append_serialized(BufferPool& pool, Buffer& to, std::string_view octets, AnswerForm form);

}  // namespace signet::http
