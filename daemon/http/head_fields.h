// The header fields that framing and every endpoint depend on (private to daemon/http).
#pragma once

#include "daemon/http/head_check.h"

namespace signet::http {

// What was seen so far of the fields that decide framing.
struct FramingFields {
  bool host = false;
  bool connection_close = false;
  bool connection_keep_alive = false;
  bool transfer_encoding = false;
};

// note_field takes one field into `head` and `seen`; a refusal when the field itself is at fault.
HeadRefusal note_field(const HeaderField& field, ParsedHead& head, FramingFields& seen);

// finish_fields decides what only the whole head tells: Host, Transfer-Encoding, persistence.
HeadRefusal finish_fields(ParsedHead& head, const FramingFields& seen);

}  // namespace signet::http
