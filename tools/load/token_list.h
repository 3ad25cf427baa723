// TokenList: many access or refresh tokens, one behind the other, so that a million fit in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace signet::load {

// Not thread-safe while it grows.
class TokenList {
 public:
  void add(std::string_view token) {
    text_ += token;
    ends_.push_back(text_.size());
  }
  size_t size() const { return ends_.size(); }
  // Borrowed until the next add.
  std::string_view at(size_t index) const {
    const uint64_t begin = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(text_).substr(begin, ends_[index] - begin);
  }

 private:
  std::string text_;
  std::vector<uint64_t> ends_;
};

// read_tokens_file reads one token a line. Errors are sentences for people: unreadable, empty, or a line that no token
// is (RFC 6750 section 2.1 and appendix A of RFC 6749 allow visible ASCII only); the line itself is not shown.
std::expected<TokenList, std::string> read_tokens_file(const std::string& path);

}  // namespace signet::load
