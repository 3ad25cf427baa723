// DialectParameters: what a request brings in its query, its form and its JSON, each in storage of its own, so that the
// request itself stays as it came.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/http/request.h"
#include "protocol/dialect/dialect.h"
#include "protocol/json/value.h"
#include "protocol/oauth/form.h"

namespace signet {

enum class DialectParametersError : uint8_t { kUnsupportedMediaType, kMalformed };

// Loop thread only. Holds credentials; `text_` is wiped when it dies. Does not move: it has views into itself.
class DialectParameters {
 public:
  DialectParameters() = default;
  ~DialectParameters();
  DialectParameters(const DialectParameters&) = delete;
  DialectParameters& operator=(const DialectParameters&) = delete;

  // read takes the query where the endpoint looks at it, and the body as the endpoint wants it. A parameter twice in
  // one carrier is kept apart (`repeated`), since some systems have an answer of their own for it.
  std::optional<DialectParametersError> read(const http::Request& request, const DialectEndpoint& endpoint);

  // The value of a parameter: body before query. data() == nullptr when absent.
  std::string_view form(std::string_view name) const;   // of the body; of the query too with query_as_form
  std::string_view query(std::string_view name) const;  // of the query alone
  // A string at the end of a way through JSON objects; data() == nullptr when it is not there or no string.
  std::string_view json(std::span<const std::string> way) const;
  // Whatever carrier has a text of that name: request.NAME of templates.
  std::string_view any(std::string_view name) const;

  bool has_json() const { return json_.has_value(); }
  const JsonValue& json_value() const { return *json_; }  // only if has_json
  bool repeated() const { return repeated_; }

 private:
  bool read_form(std::string_view from, std::string& text, FormParameters& form);

  std::string body_text_, query_text_;
  FormParameters body_, query_;
  bool has_body_form_ = false, has_query_form_ = false, query_as_form_ = false, repeated_ = false;
  std::optional<JsonValue> json_;
};

}  // namespace signet
