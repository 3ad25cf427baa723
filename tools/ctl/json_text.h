// JSON between signetctl, the daemon and whoever reads the output: composing bodies, reading answers, showing values.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <string_view>

#include "protocol/json/reader.h"
#include "protocol/json/writer.h"
#include "tools/ctl/failure.h"

namespace signet::ctl {

// compose_json calls `write` with a writer over a buffer that grows until everything fits, so `write` may be called
// more than once and must only write.
std::string compose_json(const std::function<void(JsonWriter&)>& write);

// read_answer reads an answer's body: depth 16 as on the admin socket, fractions allowed. A Failure says that the
// daemon sent no JSON.
std::expected<JsonValue, Failure> read_answer(std::string_view body);

void write_value(JsonWriter& to, const JsonValue& value);
// compact_json: `value` on one line.
std::string compact_json(const JsonValue& value);

// display_json: a scalar as people read it (a string without quotes), everything else compact. Not escaped for a
// terminal: Table does that.
std::string display_json(const JsonValue& value);

// text_of: a member as it is shown, "" when it is absent or null.
std::string text_of(const JsonValue& object, std::string_view name);
// The elements of an array of strings, joined by spaces; "" when absent.
std::string joined(const JsonValue& object, std::string_view name);

}  // namespace signet::ctl
