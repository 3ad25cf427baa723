#include "tools/ctl/import/chunk_reader.h"

#include <fmt/format.h>

#include <utility>

#include "protocol/base/check.h"

namespace signet::ctl {

ChunkReader::ChunkReader(RecordSource& records, size_t clients_max) : records_(records), clients_max_(clients_max) {
  SIGNET_CHECK(clients_max > 0);
  lines_.reserve(clients_max);
}

void ChunkReader::rewind() {
  records_.rewind();
  count_ = 0;
  left_over_ = false;
}

std::expected<void, ImportFault> ChunkReader::check_unique(const ImportClient& client) {
  std::string name;
  name.reserve(client.client_id.size() + client.tenant_name().size() + 1);
  name.append(client.tenant_name()).append("/").append(client.client_id);
  const auto [entry, added] = lines_.try_emplace(std::move(name), client.line);
  if (added) return {};
  return std::unexpected(ImportFault{
      client.line, fmt::format("client_id: `{}` stands in line {} already", client.client_id, entry->second)});
}

std::expected<std::span<const ImportClient>, ImportFault> ChunkReader::next() {
  lines_.clear();
  if (left_over_) std::swap(clients_[0], clients_[count_]);
  const size_t kept = left_over_ ? 1 : 0;
  left_over_ = false;
  size_t size = kChunkFrameSizeMax;
  size_t passwords = 0;
  for (count_ = 0; count_ < clients_max_; ++count_) {
    if (clients_.size() <= count_) clients_.emplace_back();
    ImportClient& client = clients_[count_];
    if (count_ >= kept) {
      const auto read = records_.next(client);
      if (!read) return std::unexpected(read.error());
      if (!*read) break;
    }
    size += wire_size_max(client) + 1;
    passwords += client.password.empty() ? 0 : 1;
    if (size > kChunkBodySizeMax || passwords > kChunkPasswordsMax) {
      left_over_ = true;
      break;
    }
    if (auto unique = check_unique(client); !unique) return std::unexpected(unique.error());
  }
  return std::span<const ImportClient>(clients_).first(count_);
}

}  // namespace signet::ctl
