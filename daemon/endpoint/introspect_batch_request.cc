#include "daemon/endpoint/introspect_batch_request.h"

#include <fmt/format.h>

#include "daemon/http/limits.h"
#include "protocol/json/reader.h"
#include "protocol/json/unescaped.h"

namespace signet {
namespace {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool skip(char c) {
    blanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  // A text of ASCII without escapes.
  bool text(size_t& from, size_t& size) {
    if (!skip('"')) return false;
    const std::string_view rest = text_.substr(at_);
    size = plain_ascii_prefix(rest);
    if (size == rest.size() || rest[size] != '"') return false;
    from = at_;
    at_ += size + 1;
    return true;
  }
  bool done() {
    blanks();
    return at_ == text_.size();
  }

 private:
  void blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
      ++at_;
    }
  }
  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

// What nearly every body looks like, without a tree: a tree of a thousand tokens costs more than their checks. Says
// false for anything else, which the strict reader then judges.
bool TokenList::read_plain(std::string_view body, size_t tokens_max) {
  Scanner in(body);
  size_t at = 0;
  size_t size = 0;
  if (!in.skip('{') || !in.text(at, size) || body.substr(at, size) != "tokens" || !in.skip(':') || !in.skip('[')) {
    return false;
  }
  do {
    if (tokens_.size() == tokens_max || !in.text(at, size)) return false;
    tokens_.push_back({static_cast<uint32_t>(at), static_cast<uint32_t>(size)});
  } while (in.skip(','));
  if (!in.skip(']') || !in.skip('}') || !in.done()) return false;
  text_.assign(body);
  return true;
}

std::expected<TokenList, std::string> parse_introspect_batch(std::string_view body, size_t tokens_max) {
  if (body.size() > http::kBatchBodySizeMax) return std::unexpected("body: too large");
  TokenList list;
  if (list.read_plain(body, tokens_max)) return list;
  // The object, its array, and one value more than there may be tokens, so that the text below can say so.
  const auto value = read_json(body, {.size_max = http::kBatchBodySizeMax, .values_max = tokens_max + 3});
  if (!value) return std::unexpected("body: " + describe(value.error()));
  const JsonValue::Object* object = value->as_object();
  const JsonValue* tokens = value->find("tokens");
  if (object == nullptr || object->size() != 1 || tokens == nullptr || tokens->as_array() == nullptr) {
    return std::unexpected(R"(the body must be {"tokens":[...]})");
  }
  if (tokens->as_array()->size() > tokens_max) {
    return std::unexpected(fmt::format("at most {} tokens in a batch", tokens_max));
  }
  list = {};
  for (const JsonValue& one : *tokens->as_array()) {
    const std::string* token = one.as_string();
    if (token == nullptr) return std::unexpected(fmt::format("token {}: must be a string", list.size()));
    list.tokens_.push_back({static_cast<uint32_t>(list.text_.size()), static_cast<uint32_t>(token->size())});
    list.text_ += *token;
  }
  return list;
}

}  // namespace signet
