#include "tools/ctl/import/line_reader.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "protocol/base/errno_text.h"

namespace signet::ctl {
namespace {

constexpr size_t kBlockSize = 1024 * 1024;

int64_t change_time_ns(const struct stat& status) {
  return int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
}

}  // namespace

std::expected<LineReader, Failure> LineReader::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::unexpected(Failure{fmt::format("{}: {}", path, errno_text(errno))});
  LineReader reader(descriptor);
  struct stat status{};
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    return std::unexpected(Failure{path + ": expected a regular file (it is read twice); write it to one first"});
  }
  reader.size_ = static_cast<uint64_t>(status.st_size);
  reader.changed_ns_ = change_time_ns(status);
  return reader;
}

LineReader::LineReader(int descriptor) : descriptor_(descriptor), buffer_(kBlockSize + kImportLineSizeMax + 2, '\0') {}

LineReader::LineReader(LineReader&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      buffer_(std::move(other.buffer_)),
      at_(other.at_),
      end_(other.end_),
      read_(other.read_),
      size_(other.size_),
      changed_ns_(other.changed_ns_),
      line_(other.line_),
      failed_(other.failed_),
      at_end_(other.at_end_),
      sink_(std::move(other.sink_)) {}

LineReader::~LineReader() {
  if (descriptor_ >= 0) close(descriptor_);
}

void LineReader::rewind() {
  lseek(descriptor_, 0, SEEK_SET);
  at_ = end_ = 0;
  read_ = line_ = 0;
  at_end_ = false;
}

bool LineReader::unchanged() const {
  struct stat status{};
  return !failed_ && fstat(descriptor_, &status) == 0 && static_cast<uint64_t>(status.st_size) == size_ &&
         change_time_ns(status) == changed_ns_;
}

// Moves what is left to the front and reads a block behind it. False at the end of the file.
bool LineReader::fill() {
  if (at_end_) return false;
  std::memmove(buffer_.data(), buffer_.data() + at_, end_ - at_);
  end_ -= at_;
  at_ = 0;
  // Whole blocks but for the last, whatever the kernel returns at once: the hash is over blocks.
  size_t wanted = kBlockSize;
  const size_t start = end_;
  while (wanted != 0) {
    const ssize_t count = ::read(descriptor_, buffer_.data() + end_, wanted);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) failed_ = true;
    if (count <= 0) {
      at_end_ = true;
      break;
    }
    end_ += static_cast<size_t>(count);
    wanted -= static_cast<size_t>(count);
  }
  read_ += end_ - start;
  if (sink_ && end_ != start) sink_({buffer_.data() + start, end_ - start});
  return end_ != start;
}

std::expected<std::optional<std::string_view>, ImportFault> LineReader::next() {
  bool too_long = false;
  while (true) {
    const char* start = buffer_.data() + at_;
    const void* found = std::memchr(start, '\n', end_ - at_);
    size_t size = found != nullptr ? static_cast<size_t>(static_cast<const char*>(found) - start) : end_ - at_;
    if (found == nullptr && size > kImportLineSizeMax) {  // drop what there is, keep looking for the line end
      too_long = true;
      at_ = end_;
    }
    if (found == nullptr && fill()) continue;
    if (found == nullptr && size == 0 && !too_long) return std::nullopt;
    start = buffer_.data() + at_;
    if (found == nullptr) size = end_ - at_;
    at_ += size + (found != nullptr ? 1 : 0);
    ++line_;
    if (too_long || size > kImportLineSizeMax) {
      return std::unexpected(ImportFault{line_, fmt::format("expected at most {} octets", kImportLineSizeMax)});
    }
    std::string_view line(start, size);
    if (found != nullptr && line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }
}

}  // namespace signet::ctl
