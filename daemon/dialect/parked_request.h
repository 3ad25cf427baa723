// ParkedRequest: a copy of a request that waits for another thread (a password's hash, the store). When the answer is
// there the request is served again from its beginning: nothing else is kept, so that whatever changed meanwhile
// counts.
#pragma once

#include <string>
#include <vector>

#include "daemon/http/request.h"

namespace signet {

// Loop thread only. Holds credentials: wiped by `clear` and when it dies.
class ParkedRequest {
 public:
  ParkedRequest() = default;
  ~ParkedRequest() { clear(); }
  ParkedRequest(const ParkedRequest&) = delete;
  ParkedRequest& operator=(const ParkedRequest&) = delete;

  // Copies `request`; `body` is its body as it came, before anything decoded it in place.
  void hold(const http::Request& request, std::string_view body);
  // The request again, with a body of its own to decode. Views into this object, valid until the next call. May be
  // asked for once after each `hold`.
  http::Request& again();
  const http::ExchangeId& id() const { return request_.id; }
  void clear();

 private:
  std::string_view keep(std::string_view text);

  http::Request request_;
  std::string text_;  // every view of the request, one after the other; the body last
  std::vector<http::HeaderField> fields_;
};

}  // namespace signet
