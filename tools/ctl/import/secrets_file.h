// SecretsFile: the file of --secrets-out, JSON lines {"client_id","tenant","client_secret"}. It is appended to and
// synced before the chunk it belongs to is sent, so that no committed client has a secret that nobody holds. What is in
// it already is used again: for a client that occurs several times the last line counts.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/ctl/failure.h"
#include "tools/ctl/import/import_client.h"

namespace signet::ctl {

// Not thread-safe. Holds an exclusive lock on the file, so that two imports do not mix their lines.
class SecretsFile {
 public:
  // Opens or makes `path`, of mode 0600. Reads what is in it; a last line without its end was torn by a crash before
  // its sync and is cut off. Refuses: a file others may read, another kind of file (left untouched), one in use.
  static std::expected<SecretsFile, Failure> open(const std::string& path);
  SecretsFile(SecretsFile&& other) noexcept;
  SecretsFile& operator=(SecretsFile&&) = delete;
  SecretsFile(const SecretsFile&) = delete;
  SecretsFile& operator=(const SecretsFile&) = delete;
  ~SecretsFile();

  // The secret that the file held for this client when it was opened.
  std::optional<std::string> find(const ImportClient& client) const;

  // add puts a line in the buffer; commit appends the buffer and syncs: durable at return. After a failed commit the
  // file is as it was before.
  void add(const ImportClient& client, std::string_view secret);
  std::expected<void, Failure> commit();

  size_t found_at_open() const { return index_.size(); }

 private:
  struct Place {
    uint64_t hash;
    uint64_t offset;
    auto operator<=>(const Place&) const = default;
  };
  SecretsFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  std::expected<void, Failure> prepare(bool made);
  std::expected<void, Failure> load();
  std::optional<std::string> read_line(uint64_t offset) const;
  Failure failure(std::string_view what, int error) const;

  std::string path_;
  int descriptor_ = -1;
  uint64_t size_ = 0;
  std::string pending_;
  std::vector<Place> index_;  // sorted: 16 octets a line, only when the file is not new
};

}  // namespace signet::ctl
