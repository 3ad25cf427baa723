// A request without a socket, and a responder that remembers its answers.
#pragma once

#include <string>
#include <vector>

#include "daemon/http/handler.h"

namespace signet {

// Keeps the last answer; the strings' capacity is reused, so that benchmarks see no allocation of its own.
class RecordingResponder final : public http::Responder {
 public:
  void respond(const http::ExchangeId& id, const http::Response& response) override {
    last_id = id;
    status = response.status;
    fields.assign(response.extra_fields);
    body.assign(response.body);
    ++answers;
  }
  void respond_serialized(const http::ExchangeId& id, std::string_view octets) override {
    last_id = id;
    status = 200;
    const size_t head = octets.find("\r\n\r\n");
    fields.assign(octets.substr(0, head + 2));
    body.assign(octets.substr(head + 4));
    ++answers;
  }
  std::string_view date_field() override { return "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"; }
  bool alive(const http::ExchangeId&) const override { return peer_waits; }

  http::ExchangeId last_id;
  int status = 0;
  std::string fields;
  std::string body;
  size_t answers = 0;
  bool peer_waits = true;
};

// POST of a form to `path`; `body` is copied into storage of its own, since handlers decode it in place.
class FormRequest {
 public:
  FormRequest(std::string_view path, std::string_view body, std::string authorization)
      : body_text_(body), authorization_(std::move(authorization)) {
    request_.method = http::Method::kPost;
    request_.path = path;
    request_.content_type = "application/x-www-form-urlencoded";
    if (!authorization_.empty()) request_.authorization = authorization_;
    request_.peer_address = "127.0.0.1";
  }
  // Fresh: the body as it was given.
  http::Request& fresh() {
    body_.assign(body_text_);
    request_.body = {body_.data(), body_.size()};
    return request_;
  }

 private:
  std::string body_text_;
  std::string body_;
  std::string authorization_;
  http::Request request_;
};

// "Basic ..." of these credentials (RFC 7617).
std::string basic_authorization(std::string_view client_id, std::string_view secret);

}  // namespace signet
