// What the tests of dialects share: a small file, and reading that must go well.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "protocol/dialect/dialect_file.h"

namespace signet::testing_support {

// Line numbers in the tests of mistakes count in this text.
inline constexpr std::string_view kLeastDialect = R"(name = "least"
title = "Least"
[switches]
on = true
off = false
[token]
alg = "HS256"
header = '{"typ":"JWT","alg":"${alg}"}'
claims = '{"sub":"${client_id}","iat":${issued_at},"exp":${expires_at}}'
lifetime_s = 600
[bearer]
headers = ["Authorization"]
scheme = "Bearer"
[headers]
Cache-Control = "no-store"
[error.default]
body = '{"error":"${error}"}'
[error.conflict]
status = 410
[[endpoint]]
name = "one"
paths = ["/one"]
methods = ["POST"]
handler = "issue"
trailing_slash = "on"
double_slashes = "!off"
body = "form"
[[endpoint.credential]]
carrier = "form"
id = "client_id"
secret = "client_secret"
[endpoint.success]
status = 200
body = '{"token":"${token}"}'
[endpoint.error.forbidden]
status = 404
)";

// `text` with the only occurrence of `from` replaced.
inline std::string with(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  const size_t at = out.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  EXPECT_EQ(out.find(from, at + 1), std::string::npos) << from << " is there twice";
  if (at != std::string::npos) out.replace(at, from.size(), to);
  return out;
}

inline std::string all_problems(const std::vector<DialectProblem>& problems) {
  std::string out;
  for (const DialectProblem& one : problems) out += describe(one) + "\n";
  return out;
}

// Reads what must be good and give no warning.
inline Dialect good_dialect(std::string_view text, const DialectFileOptions& options = {}) {
  auto read = read_dialect(text, "f.toml", options);
  if (!read) {
    ADD_FAILURE() << all_problems(read.error());
    return {};
  }
  EXPECT_EQ(all_problems(read->warnings), "");
  return std::move(read->dialect);
}

inline std::string render(const Template& from, const TemplateInput& input = {}) {
  std::string out(16 * 1024, '\0');
  out.resize(from.render(input, out));
  return out;
}

}  // namespace signet::testing_support
