// LineReader: the lines of a regular file, read in blocks, in constant memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "tools/ctl/failure.h"
#include "tools/ctl/import/import_client.h"

namespace signet::ctl {

// The longest record of an import file: a client takes a few hundred octets, so what is longer is another kind of file.
inline constexpr size_t kImportLineSizeMax = 64 * 1024;

// Not thread-safe. Owns its descriptor.
class LineReader {
 public:
  // Opens `path`: a regular file, as it is read twice.
  static std::expected<LineReader, Failure> open(const std::string& path);
  LineReader(LineReader&& other) noexcept;
  LineReader& operator=(LineReader&&) = delete;
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;
  ~LineReader();

  // next gives the next line without its end (LF or CR LF), valid until the next call; nothing at the end of the file.
  // A fault: a line too long, which is skipped, so that reading can go on.
  std::expected<std::optional<std::string_view>, ImportFault> next();
  // Number of the line that next() gave last, from 1.
  uint64_t line() const { return line_; }

  // rewind starts again at the first line.
  void rewind();
  // Calls `sink` with every block as it is read from now on, for hashing; nullptr ends that.
  void set_sink(std::function<void(std::string_view)> sink) { sink_ = std::move(sink); }

  uint64_t size() const { return size_; }
  uint64_t offset() const { return read_ - (end_ - at_); }  // octets of the file consumed
  // Whether the file is still the one that was opened, by size and time of change; false also after a read error.
  bool unchanged() const;

 private:
  explicit LineReader(int descriptor);
  bool fill();
  int descriptor_ = -1;
  std::string buffer_;
  size_t at_ = 0;
  size_t end_ = 0;
  uint64_t read_ = 0;
  uint64_t size_ = 0;
  int64_t changed_ns_ = 0;
  uint64_t line_ = 0;
  bool failed_ = false;
  bool at_end_ = false;
  std::function<void(std::string_view)> sink_;
};

}  // namespace signet::ctl
