// The body of POST /oauth2/introspect/batch: {"tokens":["...", ...]}.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace signet {

// Tokens in order, in one text: a thousand of them are one copy.
class TokenList {
 public:
  size_t size() const { return tokens_.size(); }
  std::string_view token(size_t index) const {
    return std::string_view(text_).substr(tokens_[index].at, tokens_[index].size);
  }

 private:
  friend std::expected<TokenList, std::string> parse_introspect_batch(std::string_view body, size_t tokens_max);
  struct Part {
    uint32_t at;
    uint32_t size;
  };
  bool read_plain(std::string_view body, size_t tokens_max);

  std::string text_;
  std::vector<Part> tokens_;
};

// parse_introspect_batch refuses the whole body when it is not of that shape (the text says where) or holds more than
// `tokens_max`. What stands in a string is not looked at: what is no token is not active. An empty list is a list. Any
// thread, allocates.
std::expected<TokenList, std::string> parse_introspect_batch(std::string_view body, size_t tokens_max);

}  // namespace signet
