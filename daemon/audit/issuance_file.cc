#include "daemon/audit/issuance_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>

#include "protocol/base/errno_text.h"
#include "protocol/json/line_chain.h"

namespace signet {
namespace {

constexpr std::string_view kPrefix = "issuance-";
constexpr std::string_view kSuffix = ".jsonl";
constexpr size_t kNumberSize = 8;
constexpr uint64_t kBlock = uint64_t{1} << 20;

uint32_t file_number(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return 0;
  const std::string_view digits = name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());
  uint32_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return digits.size() >= kNumberSize && read.ec == std::errc() && read.ptr == digits.data() + digits.size() ? number
                                                                                                             : 0;
}

// The end of a file, read backwards until it holds a whole line.
class Tail {
 public:
  explicit Tail(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat status{};
    if (descriptor_ >= 0 && ::fstat(descriptor_, &status) == 0) begin_ = size_ = static_cast<uint64_t>(status.st_size);
  }
  ~Tail() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Tail(const Tail&) = delete;
  Tail& operator=(const Tail&) = delete;

  bool open() const { return descriptor_ >= 0; }
  uint64_t size() const { return size_; }
  uint64_t begin() const { return begin_; }
  std::string_view text() const { return text_; }
  // False: a failed read. At the start of the file there is no more.
  bool read_more() {
    const uint64_t count = std::min(kBlock, begin_);
    std::string block(count, '\0');
    if (::pread(descriptor_, block.data(), count, static_cast<off_t>(begin_ - count)) != static_cast<ssize_t>(count)) {
      return false;
    }
    begin_ -= count;
    text_.insert(0, block);
    return true;
  }

 private:
  int descriptor_;
  uint64_t size_ = 0;
  uint64_t begin_ = 0;  // of text_, in the file
  std::string text_;
};

}  // namespace

std::string issuance_file_name(uint32_t number) {
  return fmt::format("{}{:0{}}{}", kPrefix, number, kNumberSize, kSuffix);
}

std::vector<IssuanceFile> issuance_files(const std::string& directory) {
  std::vector<IssuanceFile> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const uint32_t number = file_number(entry.path().filename().string());
    if (number != 0) files.push_back({entry.path().string(), number});
  }
  std::ranges::sort(files, {}, &IssuanceFile::number);
  return files;
}

uint64_t issuance_line_number(std::string_view line) {
  constexpr std::string_view kBegin = R"({"n":)";
  if (!line.starts_with(kBegin)) return 0;
  uint64_t number = 0;
  const char* end = line.data() + line.size();
  const auto read = std::from_chars(line.data() + kBegin.size(), end, number);
  return read.ec == std::errc() && read.ptr != end && *read.ptr == ',' ? number : 0;
}

std::expected<IssuanceFileEnd, std::string> read_issuance_end(const std::string& path) {
  const auto cannot_read = [&] { return std::unexpected(fmt::format("{}: {}", path, errno_text(errno))); };
  Tail tail(path);
  if (!tail.open()) return cannot_read();
  IssuanceFileEnd end;
  size_t last_feed = std::string_view::npos;
  size_t before = std::string_view::npos;
  // Until there is a whole line, with the line feed before it.
  while (tail.begin() > 0 && (last_feed == std::string_view::npos || before == std::string_view::npos)) {
    if (!tail.read_more()) return cannot_read();
    last_feed = tail.text().rfind('\n');
    before = last_feed == std::string_view::npos || last_feed == 0 ? std::string_view::npos
                                                                   : tail.text().rfind('\n', last_feed - 1);
  }
  if (last_feed == std::string_view::npos) {
    end.torn = tail.size();
    return end;
  }
  end.size = tail.begin() + last_feed + 1;
  end.torn = tail.size() - end.size;
  const size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const std::string_view line = tail.text().substr(begin, last_feed - begin);
  const auto hash = LineChain::hash_of(line);
  end.line = issuance_line_number(line);
  if (!hash || end.line == 0) return std::unexpected(path + ": its last line is no record of issued tokens");
  end.hash = *hash;
  return end;
}

}  // namespace signet
