#include "tools/ctl/http_answer.h"

#include <algorithm>
#include <charconv>

namespace signet::ctl {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr size_t kChunkLineSizeMax = 10;  // 8 hex digits and the line end

std::unexpected<std::string> broken(std::string_view what) { return std::unexpected(std::string(what)); }

bool same_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

// RFC 9110 5.6.2 token.
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    return alphanumeric || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// All of `text` as a number: digits only, so no sign and no blanks (RFC 9112 6.3).
bool read_number(std::string_view text, int base, size_t& to) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, to, base);
  return error == std::errc{} && stop == end && !text.empty();
}

}  // namespace

std::expected<bool, std::string> HttpAnswerReader::feed(std::string_view octets) {
  if (!octets.empty()) started_ = true;
  pending_.append(octets);
  while (stage_ != Stage::kDone) {
    const Step more = step();
    if (!more) return more;
    if (!*more) break;
  }
  pending_.erase(0, consumed_);
  consumed_ = 0;
  if (stage_ != Stage::kDone) return false;
  if (!pending_.empty() && !followed_) return broken("octets after the end of the answer");
  return true;
}

HttpAnswerReader::Step HttpAnswerReader::step() {
  switch (stage_) {
    case Stage::kHead:
      return read_head();
    case Stage::kSizedBody:
      return read_sized_body();
    case Stage::kChunkSize:
      return read_chunk_size();
    case Stage::kChunkBody:
      return read_chunk_body();
    case Stage::kChunkEnd:
    case Stage::kLastChunk: {  // the CR LF after chunk data, or after "0 CR LF" (no trailers)
      const std::string_view rest = std::string_view(pending_).substr(consumed_);
      if (!kLineEnd.starts_with(rest.substr(0, 2))) return broken("a chunk does not end where it says");
      if (rest.size() < 2) return false;
      drop(2);
      stage_ = stage_ == Stage::kChunkEnd ? Stage::kChunkSize : Stage::kDone;
      return true;
    }
    case Stage::kDone:
      break;
  }
  return false;
}

HttpAnswerReader::Step HttpAnswerReader::read_head() {
  const size_t end = pending_.find("\r\n\r\n");
  const size_t size = end == std::string::npos ? pending_.size() : end + 4;
  if (size > kAnswerHeadSizeMax) return broken("an endless head");
  constexpr std::string_view kStart = "HTTP/1.1 ";
  if (!std::string_view(pending_).starts_with(kStart.substr(0, std::min(kStart.size(), pending_.size())))) {
    return broken("something that is not HTTP/1.1");
  }
  if (end == std::string::npos) return false;
  const std::string head = pending_.substr(0, end);
  drop(end + 4);
  std::string_view rest = head;
  const size_t status_end = rest.find(kLineEnd);
  if (auto read = read_status_line(rest.substr(0, status_end)); !read) return std::unexpected(read.error());
  while (rest.find(kLineEnd) != std::string_view::npos) {
    rest.remove_prefix(rest.find(kLineEnd) + 2);
    if (auto read = read_field(rest.substr(0, rest.find(kLineEnd))); !read) return std::unexpected(read.error());
  }
  if (auto begun = begin_body(); !begun) return std::unexpected(begun.error());
  return true;
}

std::expected<void, std::string> HttpAnswerReader::read_status_line(std::string_view line) {
  size_t status = 0;
  const bool shaped = line.size() >= 12 && (line.size() == 12 || line[12] == ' ');
  if (!shaped || !read_number(line.substr(9, 3), 10, status) || status < 200 || status > 599) {
    return broken("a status line that makes no sense");
  }
  answer_.status = static_cast<int>(status);
  return {};
}

std::expected<void, std::string> HttpAnswerReader::read_field(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return broken("a broken header field");
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = without_blanks(line.substr(colon + 1));
  if (value.find_first_of(std::string_view("\0\r\n", 3)) != std::string_view::npos) {
    return broken("a broken header field");
  }
  if (same_ignoring_case(name, "content-length")) {
    if (has_length_ || !read_number(value, 10, left_)) return broken("a broken Content-Length");
    has_length_ = true;
  } else if (same_ignoring_case(name, "transfer-encoding")) {
    if (chunked_ || !same_ignoring_case(value, "chunked")) return broken("an unknown Transfer-Encoding");
    chunked_ = true;
  } else if (same_ignoring_case(name, "connection")) {
    answer_.close = answer_.close || same_ignoring_case(value, "close");
  } else if (same_ignoring_case(name, "content-type")) {
    answer_.content_type = value;
  }
  return {};
}

std::expected<void, std::string> HttpAnswerReader::begin_body() {
  if (has_length_ && chunked_) return broken("both Content-Length and Transfer-Encoding");
  if (chunked_) {
    stage_ = Stage::kChunkSize;
    return {};
  }
  const bool bodyless = answer_.status == 204 || answer_.status == 304;  // RFC 9112 6.3
  if (!has_length_ && !bodyless) return broken("no length of the body");
  if (bodyless && left_ != 0) return broken("a body where none may be");
  if (left_ > kAnswerBodySizeMax) return broken("a body that is too large");
  stage_ = left_ == 0 ? Stage::kDone : Stage::kSizedBody;
  return {};
}

HttpAnswerReader::Step HttpAnswerReader::read_sized_body() {
  const size_t count = std::min(left_, pending_.size() - consumed_);
  answer_.body.append(pending_, consumed_, count);
  drop(count);
  left_ -= count;
  if (left_ != 0) return false;
  stage_ = Stage::kDone;
  return true;
}

HttpAnswerReader::Step HttpAnswerReader::read_chunk_size() {
  const std::string_view rest = std::string_view(pending_).substr(consumed_);
  const size_t end = rest.substr(0, kChunkLineSizeMax).find(kLineEnd);
  if (end == std::string_view::npos) {
    if (rest.size() >= kChunkLineSizeMax) return broken("a broken chunk size");
    return false;
  }
  if (!read_number(rest.substr(0, end), 16, left_)) return broken("a broken chunk size");
  if (left_ > kAnswerBodySizeMax - answer_.body.size()) return broken("a body that is too large");
  drop(end + 2);
  stage_ = left_ == 0 ? Stage::kLastChunk : Stage::kChunkBody;
  return true;
}

HttpAnswerReader::Step HttpAnswerReader::read_chunk_body() {
  const size_t count = std::min(left_, pending_.size() - consumed_);
  answer_.body.append(pending_, consumed_, count);
  drop(count);
  left_ -= count;
  if (left_ != 0) return false;
  stage_ = Stage::kChunkEnd;
  return true;
}

void HttpAnswerReader::drop(size_t count) { consumed_ += count; }

}  // namespace signet::ctl
