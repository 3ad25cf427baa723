#include "tools/ctl/import/secrets_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <utility>

#include "protocol/base/errno_text.h"
#include "protocol/base/secret_bytes.h"
#include "protocol/json/reader.h"
#include "tools/ctl/import/line_reader.h"
#include "tools/ctl/secret_file.h"

namespace signet::ctl {
namespace {

constexpr size_t kLineSizeMax = 1024;  // 128 + 64 + 256 characters, names and escapes

uint64_t hash_of(std::string_view tenant, std::string_view client_id) {
  return std::hash<std::string>{}(fmt::format("{}/{}", tenant, client_id));
}

struct SecretLine {
  std::string client_id;
  std::string tenant;
  std::string secret;
};

std::optional<SecretLine> parse_line(std::string_view line) {
  auto value = read_json(line, {.size_max = kLineSizeMax, .depth_max = 1});
  if (!value) return std::nullopt;
  const std::string* client_id = value->find_string("client_id");
  const std::string* tenant = value->find_string("tenant");
  const std::string* secret = value->find_string("client_secret");
  if (client_id == nullptr || tenant == nullptr || secret == nullptr) return std::nullopt;
  return SecretLine{*client_id, *tenant, *secret};
}

// Whether `text` is the beginning of a line of ours, so that cutting it off destroys nothing of anybody else's.
bool is_torn_line(std::string_view text) {
  constexpr std::string_view kStart = "{\"client_id\":\"";
  return kStart.substr(0, text.size()) == text.substr(0, kStart.size());
}

// A new name in a directory is durable only when the directory is synced.
int sync_directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  const int error = fsync(descriptor) == 0 ? 0 : errno;
  close(descriptor);
  return error;
}

}  // namespace

SecretsFile::SecretsFile(SecretsFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_),
      pending_(std::move(other.pending_)),
      index_(std::move(other.index_)) {}

SecretsFile::~SecretsFile() {
  wipe_text(pending_);
  if (descriptor_ >= 0) close(descriptor_);
}

Failure SecretsFile::failure(std::string_view what, int error) const {
  return {fmt::format("{}: {}: {}", path_, what, errno_text(error))};
}

std::expected<SecretsFile, Failure> SecretsFile::open(const std::string& path) {
  constexpr int kFlags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  int descriptor = ::open(path.c_str(), kFlags | O_CREAT | O_EXCL, 0600);
  const bool made = descriptor >= 0;
  if (!made && errno == EEXIST) descriptor = ::open(path.c_str(), kFlags);
  if (descriptor < 0) return std::unexpected(Failure{fmt::format("{}: {}", path, errno_text(errno))});
  SecretsFile file(path, descriptor);
  if (auto ready = file.prepare(made); !ready) return std::unexpected(ready.error());
  if (auto loaded = file.load(); !loaded) return std::unexpected(loaded.error());
  return file;
}

std::expected<void, Failure> SecretsFile::prepare(bool made) {
  struct stat status{};
  if (fstat(descriptor_, &status) != 0) return std::unexpected(failure("fstat", errno));
  if (!S_ISREG(status.st_mode)) return std::unexpected(Failure{path_ + ": expected a regular file for the secrets"});
  if ((status.st_mode & 077) != 0) {
    return std::unexpected(Failure{fmt::format("{0}: others may read it: `chmod 600 {0}` first", path_)});
  }
  if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    return std::unexpected(Failure{path_ + ": another import is writing to it"});
  }
  if (made) {
    if (const int error = sync_directory_of(path_); error != 0) return std::unexpected(failure("fsync", error));
  }
  return {};
}

std::expected<void, Failure> SecretsFile::load() {
  auto lines = LineReader::open(path_);
  if (!lines) return std::unexpected(lines.error());
  const uint64_t file_size = lines->size();
  std::array<char, 1> last{'\n'};
  if (file_size != 0 && pread(descriptor_, last.data(), 1, static_cast<off_t>(file_size - 1)) != 1) {
    return std::unexpected(failure("reading", errno));
  }
  uint64_t start = 0;
  while (true) {
    const auto line = lines->next();
    if (line && !*line) break;
    const bool torn = lines->offset() == file_size && last[0] != '\n';
    if (torn && line && is_torn_line(**line)) break;
    const auto parsed = line && !torn ? parse_line(**line) : std::nullopt;
    if (!parsed) {
      return std::unexpected(Failure{fmt::format(
          "{}:{}: expected {{\"client_id\",\"tenant\",\"client_secret\"}}: is this the file of an earlier import? "
          "Nothing was changed; name another one with --secrets-out",
          path_, lines->line())});
    }
    index_.push_back({hash_of(parsed->tenant, parsed->client_id), start});
    start = lines->offset();
  }
  if (!lines->unchanged()) return std::unexpected(Failure{path_ + ": could not be read to its end"});
  if (start != file_size && (ftruncate(descriptor_, static_cast<off_t>(start)) != 0 || fsync(descriptor_) != 0)) {
    return std::unexpected(failure("cutting off its torn last line", errno));
  }
  size_ = start;
  std::sort(index_.begin(), index_.end());
  return {};
}

std::optional<std::string> SecretsFile::read_line(uint64_t offset) const {
  std::array<char, kLineSizeMax> buffer;
  const ssize_t count = pread(descriptor_, buffer.data(), buffer.size(), static_cast<off_t>(offset));
  if (count <= 0) return std::nullopt;
  const std::string_view text(buffer.data(), static_cast<size_t>(count));
  return std::string(text.substr(0, text.find('\n')));
}

std::optional<std::string> SecretsFile::find(const ImportClient& client) const {
  if (index_.empty()) return std::nullopt;
  const uint64_t hash = hash_of(client.tenant_name(), client.client_id);
  auto place = std::upper_bound(index_.begin(), index_.end(), Place{hash, UINT64_MAX});
  while (place != index_.begin()) {  // the last line first
    --place;
    if (place->hash != hash) break;
    const auto text = read_line(place->offset);
    auto line = text ? parse_line(*text) : std::nullopt;
    if (line && line->client_id == client.client_id && line->tenant == client.tenant_name()) {
      return std::move(line->secret);
    }
  }
  return std::nullopt;
}

void SecretsFile::add(const ImportClient& client, std::string_view secret) {
  std::array<char, kLineSizeMax> buffer;
  JsonWriter writer(buffer);
  writer.begin_object();
  writer.member("client_id", client.client_id);
  writer.member("tenant", client.tenant_name());
  writer.member("client_secret", secret);
  writer.end_object();
  pending_.append(writer.text()).append("\n");
  wipe({reinterpret_cast<uint8_t*>(buffer.data()), writer.size()});
}

std::expected<void, Failure> SecretsFile::commit() {
  if (pending_.empty()) return {};
  int error = write_fully(descriptor_, pending_);
  if (error == 0 && fdatasync(descriptor_) != 0) error = errno;
  if (error != 0) {
    // Half of the lines would be valid secrets of clients that were never sent: harmless, but cut them off if possible.
    if (ftruncate(descriptor_, static_cast<off_t>(size_)) != 0) error = errno;
    return std::unexpected(failure("writing the secrets", error));
  }
  size_ += pending_.size();
  wipe_text(pending_);
  pending_.clear();
  return {};
}

}  // namespace signet::ctl
