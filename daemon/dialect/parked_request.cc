#include "daemon/dialect/parked_request.h"

#include "protocol/base/secret_bytes.h"

namespace signet {

std::string_view ParkedRequest::keep(std::string_view text) {
  if (text.data() == nullptr) return {};
  const size_t at = text_.size();
  text_.append(text);  // within what was reserved: views stay valid
  return {text_.data() + at, text.size()};
}

void ParkedRequest::hold(const http::Request& request, std::string_view body) {
  clear();
  size_t size = request.method_text.size() + request.path.size() + request.query.size() + request.peer_address.size() +
                request.authorization.size() + request.content_type.size() + request.if_none_match.size() + body.size();
  for (const http::HeaderField& field : request.fields) size += field.name.size() + field.value.size();
  text_.reserve(size);
  request_ = request;
  request_.method_text = keep(request.method_text);
  request_.path = keep(request.path);
  request_.query = keep(request.query);
  request_.peer_address = keep(request.peer_address);
  request_.authorization = keep(request.authorization);
  request_.content_type = keep(request.content_type);
  request_.if_none_match = keep(request.if_none_match);
  for (const http::HeaderField& field : request.fields) fields_.push_back({keep(field.name), keep(field.value)});
  request_.fields = fields_;
  const std::string_view kept = keep(body);
  request_.body = {text_.data() + (text_.size() - kept.size()), kept.size()};
}

http::Request& ParkedRequest::again() { return request_; }

void ParkedRequest::clear() {
  wipe_text(text_);
  text_.clear();
  fields_.clear();
  request_ = {};
}

}  // namespace signet
