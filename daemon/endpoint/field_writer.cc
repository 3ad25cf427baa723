#include "daemon/endpoint/field_writer.h"

#include <array>
#include <charconv>

#include "protocol/base/copy_text.h"

namespace signet {

FieldWriter& FieldWriter::raw(std::string_view text) {
  if (text.size() > out_.size() - used_) return overflow();
  copy_text(out_.data() + used_, text);
  used_ += text.size();
  return *this;
}

FieldWriter& FieldWriter::value(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : text) {
    if (out_.size() - used_ < 3) return overflow();
    const auto octet = static_cast<uint8_t>(c);
    if (octet > 0x20 && octet < 0x7f && c != '%') {
      out_[used_++] = c;
      continue;
    }
    out_[used_++] = '%';
    out_[used_++] = kHex[octet >> 4];
    out_[used_++] = kHex[octet & 15];
  }
  return *this;
}

FieldWriter& FieldWriter::number(int64_t value) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return raw({digits.data(), static_cast<size_t>(end - digits.data())});
}

FieldWriter& FieldWriter::overflow() {
  overflowed_ = true;
  return *this;
}

}  // namespace signet
