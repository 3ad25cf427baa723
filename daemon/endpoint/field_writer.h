// FieldWriter: header lines into a buffer; what does not fit is remembered.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace signet {

// Borrows the buffer. One thread; does not allocate.
class FieldWriter {
 public:
  explicit FieldWriter(std::span<char> out) : out_(out) {}

  FieldWriter& raw(std::string_view text);
  // Percent-encoded outside VCHAR, and '%' itself, so that it reads back in one way only and cannot break out of its
  // line.
  FieldWriter& value(std::string_view text);
  FieldWriter& number(int64_t value);
  bool overflowed() const { return overflowed_; }
  std::string_view text() const { return {out_.data(), used_}; }

 private:
  FieldWriter& overflow();

  std::span<char> out_;
  size_t used_ = 0;
  bool overflowed_ = false;
};

}  // namespace signet
