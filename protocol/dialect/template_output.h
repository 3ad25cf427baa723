// TemplateOutput: where a template writes: escapes what it is given and turns a lack of room into a flag.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "protocol/dialect/template.h"

namespace signet {

// Thread rule: one at a time. Never allocates.
class TemplateOutput {
 public:
  // `out` is borrowed and must outlive this object's use.
  explicit TemplateOutput(std::span<char> out) : begin_(out.data()), at_(begin_), end_(begin_ + out.size()) {}

  void put(std::string_view text);
  void put(std::string_view text, TemplateEscape escape);
  // After a lack of room nothing more is written.
  bool overflowed() const { return overflowed_; }
  // Octets written; 0 after a lack of room.
  size_t size() const { return overflowed_ ? 0 : static_cast<size_t>(at_ - begin_); }

 private:
  void put_json(std::string_view text);
  void put_xml(std::string_view text);
  void put_percent(std::string_view text, bool form);

  char* begin_;
  char* at_;
  char* end_;
  bool overflowed_ = false;
};

}  // namespace signet
