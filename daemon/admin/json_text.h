// write_json_value: a value that was read, written again.
#pragma once

#include "protocol/json/value.h"
#include "protocol/json/writer.h"

namespace signet {

// Recurses as deep as the reader's depth limit allowed. Any thread, does not allocate.
void write_json_value(JsonWriter& json, const JsonValue& value);

}  // namespace signet
