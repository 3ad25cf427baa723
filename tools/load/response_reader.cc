#include "tools/load/response_reader.h"

#include <algorithm>
#include <charconv>

namespace signet::load {
namespace {

constexpr size_t kHeadSizeMax = size_t{64} * 1024;
constexpr size_t kExcerptSizeMax = 200;
constexpr std::string_view kEndOfHead = "\r\n\r\n";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// `name` in lower case, with its colon.
bool has_name(std::string_view line, std::string_view name) {
  if (line.size() < name.size()) return false;
  for (size_t i = 0; i < name.size(); ++i) {
    if (lower(line[i]) != name[i]) return false;
  }
  return true;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

template <typename T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "HTTP/1.1 200 OK"; the minor version decides what happens after the answer.
bool read_status_line(std::string_view line, ResponseHead& head) {
  if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ') return false;
  const auto status = number<int>(line.substr(9, 3));
  if (!status || *status < 100) return false;
  head.status = *status;
  head.close = line[7] == '0';
  return true;
}

bool is_close(std::string_view value) {
  constexpr std::string_view kClose = "close";
  return value.size() == kClose.size() && has_name(value, kClose);
}

}  // namespace

std::optional<ResponseHead> parse_response_head(std::string_view text) {
  ResponseHead head;
  bool first = true, has_length = false;
  for (size_t end; (end = text.find("\r\n")) != std::string_view::npos; text.remove_prefix(end + 2)) {
    const std::string_view line = text.substr(0, end);
    if (first && !read_status_line(line, head)) return std::nullopt;
    first = false;
    if (has_name(line, "content-length:")) {
      const auto length = number<uint64_t>(trimmed(line.substr(15)));
      if (!length || has_length) return std::nullopt;
      head.content_length = *length;
      has_length = true;
    } else if (has_name(line, "connection:")) {
      head.close = is_close(trimmed(line.substr(11)));
    } else if (has_name(line, "transfer-encoding:")) {
      return std::nullopt;
    }
  }
  if (head.status == 204 || head.status == 304) head.content_length = 0;
  if (first || (!has_length && head.status != 204 && head.status != 304)) return std::nullopt;
  return head;
}

void ResponseReader::reset() {
  body_left_ = 0;
  in_body_ = false;
  partial_head_.clear();
  partial_body_.clear();
  body_ = {};
}

ResponseReader::State ResponseReader::feed(std::string_view bytes) {
  if (in_body_) return take_body(bytes);
  if (!partial_head_.empty()) {
    joined_ = std::move(partial_head_);
    partial_head_.clear();
    bytes = joined_.append(bytes);
  }
  const size_t end = bytes.find(kEndOfHead);
  if (end == std::string_view::npos) {
    if (bytes.size() > kHeadSizeMax) return State::kBad;
    partial_head_ = bytes;
    return State::kMore;
  }
  const auto head = parse_response_head(bytes.substr(0, end + 2));
  if (!head) return State::kBad;
  head_ = *head;
  body_left_ = head_.content_length;
  in_body_ = true;
  excerpt_.clear();
  partial_body_.clear();
  body_ = {};
  return take_body(bytes.substr(end + kEndOfHead.size()));
}

ResponseReader::State ResponseReader::take_body(std::string_view bytes) {
  if (bytes.size() > body_left_) return State::kBad;
  if (head_.status / 100 != 2 && excerpt_.size() < kExcerptSizeMax) {
    excerpt_ += bytes.substr(0, kExcerptSizeMax - excerpt_.size());
  }
  // The usual answer comes in one piece and is not copied.
  const bool whole = partial_body_.empty() && bytes.size() == body_left_;
  if (keeps_bodies_ && !whole) partial_body_ += bytes;
  body_left_ -= bytes.size();
  if (body_left_ > 0) return State::kMore;
  if (keeps_bodies_) body_ = whole ? bytes : std::string_view(partial_body_);
  in_body_ = false;
  return State::kComplete;
}

}  // namespace signet::load
