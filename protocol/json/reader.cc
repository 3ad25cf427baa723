// The thin adapter around RapidJSON's SAX reader: it finds the tokens, this file decides what is acceptable.
#include "protocol/json/reader.h"

#include <fmt/format.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "protocol/base/utf8.h"

namespace signet {
namespace {

constexpr int64_t kIntegerMax = int64_t{1} << 53;  // beyond it a reader that uses doubles sees another number

// Names are compared as unescaped octets, so "\u0061" and "a" are one (RFC 8259 section 8.3).
bool has_duplicate(const JsonValue::Object& members) {
  constexpr size_t kPairwiseMax = 12;  // below it comparing all pairs is faster than sorting
  if (members.size() <= kPairwiseMax) {
    for (size_t i = 1; i < members.size(); ++i)
      for (size_t k = 0; k < i; ++k)
        if (members[i].name == members[k].name) return true;
    return false;
  }
  std::vector<std::string_view> names;
  names.reserve(members.size());
  for (const JsonMember& member : members) names.push_back(member.name);
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

// Receives the events of the reader and builds the tree. Each handler answers whether to go on; when it answers no,
// reason() says why.
class TreeBuilder {
 public:
  explicit TreeBuilder(const JsonReadOptions& options) : options_(options) {}

  bool Null() { return add(JsonValue()); }
  bool Bool(bool value) { return add(JsonValue(value)); }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool) { return number({text, size}); }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    return acceptable({text, size}) && add(JsonValue(std::string(text, size)));
  }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    if (!acceptable({text, size})) return false;
    open_.back().members.push_back({std::string(text, size), JsonValue()});
    return true;
  }
  bool StartObject() { return open(true); }
  bool StartArray() { return open(false); }
  bool EndObject(rapidjson::SizeType) {
    if (has_duplicate(open_.back().members)) return refuse(JsonErrorReason::kDuplicateMember);
    return close(JsonValue(std::move(open_.back().members)));
  }
  bool EndArray(rapidjson::SizeType) { return close(JsonValue(std::move(open_.back().elements))); }

  // Never called: numbers arrive as their text.
  bool Int(int) { return refuse(JsonErrorReason::kSyntax); }
  bool Uint(unsigned) { return refuse(JsonErrorReason::kSyntax); }
  bool Int64(int64_t) { return refuse(JsonErrorReason::kSyntax); }
  bool Uint64(uint64_t) { return refuse(JsonErrorReason::kSyntax); }
  bool Double(double) { return refuse(JsonErrorReason::kSyntax); }

  std::optional<JsonErrorReason> reason() const { return reason_; }
  JsonValue take_root() { return std::move(root_); }

 private:
  struct Container {
    bool is_object;
    JsonValue::Array elements;
    JsonValue::Object members;  // the last one waits for its value between Key and the next event
  };

  bool refuse(JsonErrorReason reason) {
    reason_ = reason;
    return false;
  }

  bool open(bool is_object) {
    if (open_.size() >= options_.depth_max) return refuse(JsonErrorReason::kTooDeep);
    open_.push_back({is_object, {}, {}});
    return true;
  }

  bool close(JsonValue value) {
    open_.pop_back();
    return add(std::move(value));
  }

  bool add(JsonValue value) {
    if (++values_ > options_.values_max) return refuse(JsonErrorReason::kTooManyValues);
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().is_object) {
      open_.back().members.back().value = std::move(value);
    } else {
      open_.back().elements.push_back(std::move(value));
    }
    return true;
  }

  // The text as a whole is UTF-8, so what is not after unescaping came from an escaped lone surrogate: RapidJSON 1.1
  // lets a low one pass.
  bool acceptable(std::string_view unescaped) {
    if (!valid_utf8(unescaped)) return refuse(JsonErrorReason::kLoneSurrogate);
    if (!options_.allow_nul && unescaped.find('\0') != std::string_view::npos) return refuse(JsonErrorReason::kNul);
    return true;
  }

  bool number(std::string_view text) {
    if (text.find_first_of(".eE") != std::string_view::npos) return fraction(text);
    int64_t value = 0;
    const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || after != text.data() + text.size() || value > kIntegerMax || value < -kIntegerMax)
      return refuse(JsonErrorReason::kNumberOutOfRange);
    return add(JsonValue(value));
  }

  bool fraction(std::string_view text) {
    if (!options_.allow_fractions) return refuse(JsonErrorReason::kNotAnInteger);
    double value = 0;
    const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || after != text.data() + text.size() || !std::isfinite(value))
      return refuse(JsonErrorReason::kNumberOutOfRange);
    return add(JsonValue(value));
  }

  const JsonReadOptions& options_;
  std::vector<Container> open_;
  JsonValue root_;
  size_t values_ = 0;
  std::optional<JsonErrorReason> reason_;
};

// What can be said of the text before reading it. RapidJSON takes an octet 0 for the end, so one must not reach it.
std::optional<JsonReadError> refuse_text(std::string_view text, const JsonReadOptions& options) {
  if (text.size() > options.size_max) return JsonReadError{JsonErrorReason::kTooLarge, options.size_max};
  if (text.starts_with("\xEF\xBB\xBF")) return JsonReadError{JsonErrorReason::kByteOrderMark, 0};
  if (const size_t nul = text.find('\0'); nul != std::string_view::npos)
    return JsonReadError{JsonErrorReason::kNul, nul};
  if (!valid_utf8(text)) return JsonReadError{JsonErrorReason::kBadUtf8, valid_utf8_prefix(text)};
  return std::nullopt;
}

JsonErrorReason reason_of(rapidjson::ParseErrorCode code) {
  switch (code) {
    case rapidjson::kParseErrorDocumentRootNotSingular:
      return JsonErrorReason::kTrailingText;
    case rapidjson::kParseErrorStringUnicodeSurrogateInvalid:
      return JsonErrorReason::kLoneSurrogate;
    case rapidjson::kParseErrorNumberTooBig:
      return JsonErrorReason::kNumberOutOfRange;
    default:
      return JsonErrorReason::kSyntax;
  }
}

}  // namespace

std::expected<JsonValue, JsonReadError> read_json(std::string_view text, const JsonReadOptions& options) {
  if (const auto error = refuse_text(text, options)) return std::unexpected(*error);
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  TreeBuilder builder(options);
  // Iterative: the depth of the text never becomes depth of the stack.
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, builder);
  if (!result)
    return std::unexpected(JsonReadError{builder.reason().value_or(reason_of(result.Code())), result.Offset()});
  return builder.take_root();
}

std::string_view json_error_text(JsonErrorReason reason) {
  switch (reason) {
    case JsonErrorReason::kTooLarge:
      return "text too large";
    case JsonErrorReason::kByteOrderMark:
      return "byte order mark";
    case JsonErrorReason::kBadUtf8:
      return "not UTF-8";
    case JsonErrorReason::kNul:
      return "NUL character";
    case JsonErrorReason::kSyntax:
      return "not JSON";
    case JsonErrorReason::kTrailingText:
      return "text after the value";
    case JsonErrorReason::kTooManyValues:
      return "too many values";
    case JsonErrorReason::kTooDeep:
      return "nested too deep";
    case JsonErrorReason::kDuplicateMember:
      return "duplicate member";
    case JsonErrorReason::kLoneSurrogate:
      return "lone surrogate";
    case JsonErrorReason::kNotAnInteger:
      return "number is not an integer";
    case JsonErrorReason::kNumberOutOfRange:
      return "number out of range";
  }
  return "";
}

std::string describe(const JsonReadError& error) {
  return fmt::format("{} at offset {}", json_error_text(error.reason), error.offset);
}

}  // namespace signet
