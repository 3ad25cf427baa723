// Mistake: one change of the small file of dialect_fixture.h and the one message that must come of it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "protocol/dialect/dialect_file.h"
#include "tests/protocol/dialect/dialect_fixture.h"

namespace signet::testing_support {

struct Mistake {
  const char* name;
  const char* from;  // in kLeastDialect
  const char* to;
  uint32_t line;
  const char* text;  // the whole message, or its beginning where it ends in "..."
};

inline std::string name_of(const testing::TestParamInfo<Mistake>& info) { return info.param.name; }

inline bool says(std::string_view text, std::string_view wanted) {
  if (wanted.ends_with("...")) return text.starts_with(wanted.substr(0, wanted.size() - 3));
  return text == wanted;
}

// One mistake is one message: nothing follows from it.
inline void expect_told_once(const Mistake& mistake) {
  const auto read = read_dialect(with(kLeastDialect, mistake.from, mistake.to), "f.toml");
  ASSERT_FALSE(read.has_value());
  ASSERT_EQ(read.error().size(), 1u) << all_problems(read.error());
  EXPECT_EQ(read.error()[0].file, "f.toml");
  EXPECT_EQ(read.error()[0].line, mistake.line) << read.error()[0].text;
  EXPECT_TRUE(says(read.error()[0].text, mistake.text)) << read.error()[0].text;
}

inline std::vector<DialectProblem> problems_of(std::string_view text, const DialectFileOptions& options = {}) {
  const auto read = read_dialect(text, "f.toml", options);
  return read ? std::vector<DialectProblem>{} : read.error();
}

}  // namespace signet::testing_support
