#include "tools/ctl/audit_export_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "protocol/base/errno_text.h"
#include "tools/ctl/chained_file.h"
#include "tools/ctl/json_text.h"

namespace signet::ctl {
namespace {

constexpr size_t kFlushOctets = size_t{1} << 20;
constexpr std::string_view kKind = "signet audit";

Failure failure(const std::string& path, const char* what) {
  return {fmt::format("{}: {}: {}", path, what, errno_text(errno))};
}

uint64_t number_in(const JsonValue& line, std::string_view name) {
  const JsonValue* value = line.find(name);
  const auto number = value == nullptr ? std::nullopt : value->as_integer();
  return number && *number >= 0 ? static_cast<uint64_t>(*number) : 0;
}

// A new name in a directory is durable only when the directory is synced.
bool sync_directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return synced;
}

}  // namespace

std::expected<AuditExportFile, Failure> AuditExportFile::create(const std::string& path, uint64_t after,
                                                                const std::string& hash_after) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0) return std::unexpected(failure(path, "making the export"));
  AuditExportFile file(path, descriptor);
  file.after_ = file.last_ = after;
  file.hash_after_ = file.hash_ = hash_after;
  file.add_line(fmt::format(R"("export":"{}","after":{},"after_hash":"{}")", kKind, after, hash_after));
  return file;
}

AuditExportFile::AuditExportFile(AuditExportFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      chain_(other.chain_),
      lines_(other.lines_),
      after_(other.after_),
      last_(other.last_),
      hash_after_(std::move(other.hash_after_)),
      hash_(std::move(other.hash_)),
      text_(std::move(other.text_)) {}

AuditExportFile::~AuditExportFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(path_.c_str());
}

// `members` are JSON without braces.
void AuditExportFile::add_line(const std::string& members) {
  const size_t begin = text_.size();
  text_ += fmt::format(R"({{"n":{},)", ++lines_);
  text_ += members;
  chain_.close_line(text_, begin);
}

std::expected<void, Failure> AuditExportFile::add(const JsonValue& record) {
  const std::string text = compact_json(record);
  last_ = number_in(record, "sequence");
  hash_ = text_of(record, "hash");
  add_line(text.substr(1, text.size() - 2));
  if (text_.size() < kFlushOctets) return {};
  return flush();
}

std::expected<void, Failure> AuditExportFile::flush() {
  std::string_view left = text_;
  while (!left.empty()) {
    const ssize_t count = ::write(descriptor_, left.data(), left.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(failure(path_, "writing"));
    left.remove_prefix(static_cast<size_t>(count));
  }
  text_.clear();
  return {};
}

std::expected<AuditExportEnd, Failure> AuditExportFile::finish() {
  add_line(fmt::format(R"("end":true,"last":{},"last_hash":"{}")", last_, hash_));
  if (auto flushed = flush(); !flushed) return std::unexpected(flushed.error());
  if (::fsync(descriptor_) != 0 || !sync_directory_of(path_)) return std::unexpected(failure(path_, "fsync"));
  ::close(std::exchange(descriptor_, -1));
  return AuditExportEnd{after_ + 1, last_, hash_, hash_after_, chain_text(chain_.hash())};
}

std::expected<AuditExportEnd, Failure> read_audit_export(const std::string& path,
                                                         const std::function<void(uint64_t)>& progress) {
  const auto broken = [&](std::string_view text) {
    return std::unexpected(Failure{fmt::format("{}: {}", path, text)});
  };
  AuditExportEnd end;
  uint64_t last = 0;    // sequence of the last record so far
  std::string missing;  // the first gap in the sequences
  bool ended = false;
  bool other = false;  // no export, or lines behind its end
  const auto take = [&](std::string_view line, uint64_t octets) {
    if (progress) progress(octets);
    const auto read = read_json(line, {.size_max = line.size(), .depth_max = 16, .allow_fractions = true});
    if (!read || ended) {
      other = true;
    } else if (line_number_of(line) == 1) {
      other = text_of(*read, "export") != kKind;
      last = number_in(*read, "after");
      end.first = last + 1;
      end.before_hash = text_of(*read, "after_hash");
    } else if (read->find("end") != nullptr) {
      ended = true;
      end.last = number_in(*read, "last");
      end.hash = text_of(*read, "last_hash");
    } else {
      const uint64_t sequence = number_in(*read, "sequence");
      // Tokens that were issued together share a sequence.
      if (sequence != last && sequence != last + 1 && missing.empty()) {
        missing = fmt::format("record {} is followed by {}", last, sequence);
      }
      last = sequence;
    }
  };
  const auto file = read_chained_file(path, {}, take);
  if (!file) return std::unexpected(file.error());
  if (!file->fault.empty()) return broken(file->fault);
  if (other) return broken("is no export of an audit log");
  if (!ended) return broken("its last line is missing: it was cut, or the export did not end");
  if (!missing.empty() || end.last != last) return broken(missing.empty() ? "its last record is missing" : missing);
  end.chain = chain_text(file->hash);
  return end;
}

}  // namespace signet::ctl
