// Requests: head, body, and their way to the handler.
#include <cstring>

#include "daemon/http/connection.h"
#include "daemon/http/error_answer.h"
#include "daemon/http/head_check.h"
#include "daemon/http/llhttp_check.h"
#include "daemon/http/loop_core.h"
#include "protocol/base/check.h"

namespace signet::http {
namespace {

constexpr std::string_view kBusy = "too many requests are in flight";

}  // namespace

void Connection::describe(Request& request) const {
  const ParsedHead& head = core_->head;
  request.method = head.method;
  request.method_text = head.method_text;
  request.path = head.path;
  request.query = head.query;
  request.has_query = head.has_query;
  request.fields = {head.fields.data(), head.field_count};
  request.authorization = head.authorization;
  request.content_type = head.content_type;
  request.if_none_match = head.if_none_match;
  request.repeated_authorization = head.repeated_authorization;
  request.repeated_content_type = head.repeated_content_type;
  request.peer_address = {address_text_.data(), address_size_};
  if (counted_address_) request.peer_network = network_number(*counted_address_);
  request.arrived_ns = core_->read_ns;
}

Connection::Progress Connection::read_head(char* octets, size_t size) {
  // A head that was incomplete can only end at a further line feed or at the size limit: a peer that drips octets does
  // not make us read its head again for each. Other offences than those at a line's end show then at the latest.
  const Limits& limits = core_->limits;
  if (scanned_ > 0 && size < limits.head_size_max && octets[scanned_ - 1] != '\r' &&
      std::memchr(octets + scanned_, '\n', size - scanned_) == nullptr) {
    scanned_ = size;
    return {0, size, false};
  }
  const HeadResult result = check_head({octets, size}, limits, core_->head);
  if (result.verdict == HeadVerdict::kIncomplete) {
    scanned_ = size;
    return {0, size, false};
  }
  scanned_ = 0;
  HeadRefusal refusal = result.refusal;
  if (refusal == HeadRefusal::kNone) refusal = llhttp_check({octets, core_->head.size}, core_->head);
  if (refusal == HeadRefusal::kNone) return begin_message(octets, size);
  const HeadRefusalText& text = head_refusal_text(refusal);
  refuse(text.status, text.description);
  return {size, 0, false};
}

// The head is accepted: ask the handler, then turn to the body.
Connection::Progress Connection::begin_message(char* octets, size_t size) {
  const ParsedHead& head = core_->head;
  const bool old_keep_alive = head.minor_version == 0 && head.keep_alive;
  const uint32_t sequence = exchanges_.begin(head.method == Method::kHead, old_keep_alive);
  keep_alive_ = head.keep_alive;
  chunked_ = head.chunked;
  head_size_ = head.size;
  body_size_ = chunked_ ? 0 : head.content_length;
  phase_ = Phase::kBody;
  if (core_->in_flight >= core_->limits.in_flight_max) {
    // Before the handler spends anything. The connection stays when nothing of this message is left to be read.
    const bool whole = !chunked_ && size - head_size_ >= body_size_;
    refuse_current(503, kBusy, !whole || !keep_alive_);
    return {head_size_ + body_size_, whole ? size - head_size_ - body_size_ : 0, whole};
  }
  Request request;
  describe(request);
  request.id = {slot_, generation_, sequence};
  inside_on_head_ = true;
  const std::optional<size_t> limit = core_->handler->on_head(request, *core_->responder);
  inside_on_head_ = false;
  if (!limit || stopped_) {
    // Answered already (or about to be): the body is not read, so nothing after it can be.
    if (!stopped_) last_sequence_ = sequence;
    stopped_ = true;
    return {size, 0, false};
  }
  body_limit_ = *limit;
  if (!chunked_ && body_size_ > body_limit_) {
    refuse_current(413, "the request body is too large", true);
    return {size, 0, false};
  }
  if (!chunked_ && size - head_size_ >= body_size_) return deliver(request, octets, head_size_ + body_size_, size);
  continue_wanted_ = head.expect_continue;
  if (chunked_) decoder_.start(body_limit_);
  const Progress progress = chunked_ ? read_chunked(octets, size) : Progress{0, size, false};
  maybe_continue();
  return progress;
}

Connection::Progress Connection::read_body(char* octets, size_t size) {
  return chunked_ ? read_chunked(octets, size) : read_sized(octets, size);
}

Connection::Progress Connection::read_sized(char* octets, size_t size) {
  if (size - head_size_ < body_size_) return {0, size, false};
  return deliver_later(octets, head_size_ + body_size_, size);
}

// Decodes in place: octets are [head][content so far][raw], and become [head][content].
Connection::Progress Connection::read_chunked(char* octets, size_t size) {
  char* raw = octets + head_size_ + body_size_;
  const size_t raw_size = size - head_size_ - body_size_;
  const ChunkedDecoder::Result result = decoder_.decode(raw, raw_size, raw);
  body_size_ += result.produced;
  switch (result.status) {
    case ChunkedDecoder::Status::kMore:
      return {0, head_size_ + body_size_, false};
    case ChunkedDecoder::Status::kMalformed:
      refuse_current(400, "the chunked body is malformed", true);
      return {size, 0, false};
    case ChunkedDecoder::Status::kTooLarge:
      refuse_current(413, "the request body is too large", true);
      return {size, 0, false};
    case ChunkedDecoder::Status::kDone:
      break;
  }
  return deliver_later(octets, size - (raw_size - result.consumed), size);
}

// The head was accepted when it came, but its views died with that read: it is read again.
Connection::Progress Connection::deliver_later(char* octets, size_t used, size_t size) {
  Limits limits = core_->limits;  // as they were: they may have been lowered since
  limits.head_size_max = limits.target_size_max = head_size_ + 1;
  limits.field_count_max = kFieldRoom;
  const HeadResult again = check_head({octets, head_size_}, limits, core_->head);
  SIGNET_CHECK(again.verdict == HeadVerdict::kAccepted);
  Request request;
  describe(request);
  request.id = {slot_, generation_, exchanges_.next() - 1};
  return deliver(request, octets, used, size);
}

// The whole request is there: `used` octets of the `size` are this message.
Connection::Progress Connection::deliver(Request& request, char* octets, size_t used, size_t size) {
  const uint32_t sequence = request.id.sequence;
  phase_ = Phase::kHead;
  continue_wanted_ = false;
  if (!keep_alive_) {  // RFC 9112 9.6: nothing after "Connection: close" is read
    stopped_ = true;
    last_sequence_ = sequence;
  }
  const Progress progress{used, size - used, true};
  if (core_->in_flight >= core_->limits.in_flight_max) {
    refuse_current(503, kBusy, !keep_alive_);
    return progress;
  }
  request.body = {octets + head_size_, body_size_};
  exchanges_.mark_handed(sequence);
  core_->counters.in_flight.set(++core_->in_flight);
  core_->counters.requests.add();
  core_->handler->on_request(request, *core_->responder);
  return progress;
}

// A head that will not be completed. An offence that it already holds decides, so that the answer does not depend on
// how the octets came; else `status`, or silence when that is 0.
void Connection::refuse_partial_head(int status) {
  const HeadResult result = check_head(input_.view(), core_->limits, core_->head);
  if (result.verdict == HeadVerdict::kRefused) {
    const HeadRefusalText& text = head_refusal_text(result.refusal);
    return refuse(text.status, text.description);
  }
  if (status != 0) refuse(status, "the request head did not arrive in time");
}

void Connection::refuse(int status, std::string_view description) {
  exchanges_.begin(false, false);
  refuse_current(status, description, true);
}

// Answers the message being read in the HTTP layer's own name.
void Connection::refuse_current(int status, std::string_view description, bool close) {
  for (size_t i = 0; i < kRefusalStatuses.size(); ++i) {
    if (kRefusalStatuses[i] == status) core_->counters.refusals[i].add();
  }
  ErrorBody body;
  Response response = error_answer(status, description, body);
  response.close = close;
  phase_ = Phase::kHead;
  answer(exchanges_.next() - 1, response);
}

}  // namespace signet::http
