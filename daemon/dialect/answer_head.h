// AnswerHead: status line and fields of an answer that a dialect's file describes.
#pragma once

#include <span>
#include <string_view>

#include "protocol/dialect/dialect.h"

namespace signet {

// Writes into borrowed memory. Thread rule: one at a time; does not allocate.
class AnswerHead {
 public:
  explicit AnswerHead(std::span<char> out) : out_(out) {}

  // The whole head, for an answer that is sent as it is.
  void begin(const DialectAnswer& answer, std::string_view date_field, size_t body_size, const TemplateInput& input);
  // The fields alone, each with its line end: what Response::extra_fields takes.
  void fields(const DialectAnswer& answer, const TemplateInput& input);
  void add(std::string_view text);

  bool overflowed() const { return overflowed_; }
  std::string_view text() const { return {out_.data(), used_}; }

 private:
  void add_number(size_t number);

  std::span<char> out_;
  size_t used_ = 0;
  bool overflowed_ = false;
};

}  // namespace signet
