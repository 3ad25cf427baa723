#include "tools/ctl/chained_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <memory>
#include <vector>

#include "protocol/base/errno_text.h"

namespace signet::ctl {
namespace {

constexpr size_t kBlock = size_t{1} << 20;

// What is wrong with a line that does not follow.
std::string fault_of(std::string_view line, uint64_t number, uint64_t expected) {
  if (number == 0 || !LineChain::hash_of(line)) return "is damaged: it is no line of such a file";
  if (number > expected) {
    return number == expected + 1 ? fmt::format("is number {}: number {} is missing", number, expected)
                                  : fmt::format("is number {}: {} to {} are missing", number, expected, number - 1);
  }
  if (number < expected) return fmt::format("is number {} and stands where {} belongs: it was moved", number, expected);
  return "was altered, or the one before it was";
}

class Follower {
 public:
  Follower(const ChainStart& start, const TakeLine& take) : chain_(start.hash), take_(take) {
    found_.number = start.number;
    found_.hash = start.hash;
  }

  // False: there is a fault.
  bool take(std::string_view line) {
    const uint64_t number = line_number_of(line);
    if (number != found_.number + 1 || chain_.next(line) != LineChain::Verdict::kFollows) {
      found_.fault = fmt::format("line {} {}", found_.lines + 1, fault_of(line, number, found_.number + 1));
      return false;
    }
    ++found_.lines;
    found_.number = number;
    found_.octets += line.size() + 1;
    if (take_) take_(line, found_.octets);
    return true;
  }

  ChainedFile finish(std::string_view rest) {
    found_.hash = chain_.hash();
    if (found_.fault.empty() && !rest.empty()) {
      found_.fault = fmt::format("line {} was cut: the file ends within it", found_.lines + 1);
    }
    return std::move(found_);
  }

 private:
  LineChain chain_;
  const TakeLine& take_;
  ChainedFile found_;
};

}  // namespace

uint64_t line_number_of(std::string_view line) {
  constexpr std::string_view kBegin = R"({"n":)";
  if (!line.starts_with(kBegin)) return 0;
  uint64_t number = 0;
  const char* end = line.data() + line.size();
  const auto read = std::from_chars(line.data() + kBegin.size(), end, number);
  return read.ec == std::errc() && read.ptr != end && *read.ptr == ',' ? number : 0;
}

std::string first_line_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string line;
  return std::getline(file, line) ? line : std::string();
}

std::expected<ChainedFile, Failure> read_chained_file(const std::string& path, const ChainStart& start,
                                                      const TakeLine& take) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), std::fclose);
  const auto cannot_read = [&] { return std::unexpected(Failure{path + ": " + errno_text(errno)}); };
  if (!file) return cannot_read();
  Follower follower(start, take);
  std::string text;
  std::vector<char> block(kBlock);
  while (const size_t count = std::fread(block.data(), 1, block.size(), file.get())) {
    text.append(block.data(), count);
    size_t begin = 0;
    for (size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
      const std::string_view line = std::string_view(text).substr(begin, end - begin);
      if (!follower.take(line)) return follower.finish({});
    }
    text.erase(0, begin);
  }
  if (std::ferror(file.get()) != 0) return cannot_read();
  return follower.finish(text);
}

}  // namespace signet::ctl
